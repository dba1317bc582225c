import type { RebuildReason, SnapshotUse } from '../recording/operation-record.ts';

/** How often the operations of one handler found a state. */
export interface UseFigures {
  readonly warm: number;
  readonly stored: number;
  readonly rebuilt: number;
  readonly rebuiltBy: Readonly<Partial<Record<RebuildReason, number>>>;
  /** Share of the operations that needed not the whole history, 0 to 1; 1 before the first. */
  readonly hitRate: number;
  /** Folded by operations that found a state, and by those that did not. */
  readonly eventsAfterHits: number;
  readonly eventsOfRebuilds: number;
}

/** What saving did, off the operations' path. */
export interface SaveFigures {
  readonly saved: number;
  readonly failed: number;
  /** Not even tried: too many others waited. */
  readonly dropped: number;
  /** Characters of JSON text, of all saves together. */
  readonly characters: number;
  /** Time on this process's thread, in milliseconds. */
  readonly encodeMs: number;
  /** Until the database had it, in milliseconds. */
  readonly saveMs: number;
}

export interface SnapshotFigures {
  readonly handlers: Readonly<Record<string, UseFigures>>;
  readonly saves: SaveFigures;
  /** States that are kept in memory now, and about how many bytes they take. */
  readonly keptStates: number;
  readonly keptBytes: number;
}

/** Counts the uses of one handler. */
export class UseCounter {
  #warm = 0;
  #stored = 0;
  #rebuilt = 0;
  #eventsAfterHits = 0;
  #eventsOfRebuilds = 0;
  readonly #rebuiltBy: Partial<Record<RebuildReason, number>> = {};

  add({ use, reason, eventsAfter }: SnapshotUse): void {
    if (use === 'warm') this.#warm += 1;
    else if (use === 'stored') this.#stored += 1;
    else this.#rebuilt += 1;
    if (use === 'rebuilt') this.#eventsOfRebuilds += eventsAfter;
    else this.#eventsAfterHits += eventsAfter;
    if (reason !== undefined) this.#rebuiltBy[reason] = (this.#rebuiltBy[reason] ?? 0) + 1;
  }

  figures(): UseFigures {
    const all = this.#warm + this.#stored + this.#rebuilt;
    return {
      warm: this.#warm,
      stored: this.#stored,
      rebuilt: this.#rebuilt,
      rebuiltBy: { ...this.#rebuiltBy },
      hitRate: all === 0 ? 1 : (this.#warm + this.#stored) / all,
      eventsAfterHits: this.#eventsAfterHits,
      eventsOfRebuilds: this.#eventsOfRebuilds,
    };
  }
}
