import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventFilter } from '../../eventstore/event-filter.ts';
import type { EventStore } from '../../eventstore/event-store.ts';
import type { Snapshot } from '../../eventstore/snapshot.ts';
import type { Clock } from '../../lib/clock.ts';
import type { KeptState } from '../folding/kept-state.ts';
import type { SaveFigures } from './snapshot-figures.ts';
import { storedFormAround } from './stored-form.ts';

/** What is to be saved, and who wants to know what came of it. */
export interface SaveJob<State = unknown> {
  /** Of two jobs with the same key only one waits. */
  readonly key: string;
  readonly projectionType: string;
  readonly filter: EventFilter;
  readonly kept: KeptState<State>;
  encode(state: State): string | Iterable<string>;
  /** The saved one that was found to be of no use, and must not win by a higher number. */
  readonly replaces: Snapshot['mark'] | undefined;
  /** Told how many characters there are before they are saved. */
  encoded(characters: number): void;
  /** Told how many milliseconds it took. */
  saved(ms: number): void;
  failed(fault: unknown): void;
}

export interface SnapshotSaverOptions {
  readonly store: Pick<EventStore, 'saveSnapshot'>;
  readonly clock: Clock;
  /** Jobs that wait at most. */
  readonly maxWaiting: number;
}

/** So long does encoding keep the process from its other work; giving way after each part would make it wait for all of that. */
const longestTurnMs = 4;

/**
 * Saves states one after the other, away from the operations: each waits for its turn of the event loop and encodes in
 * parts, and what is saved is the state as it is then, not as it was when it was ordered.
 */
export class SnapshotSaver {
  readonly #options: SnapshotSaverOptions;
  readonly #waiting = new Map<string, SaveJob>();
  // Saving is no part of the operation that ordered it: in its context it would be recorded as its phases.
  readonly #outside = AsyncLocalStorage.snapshot();
  #running: Promise<void> | undefined;
  #figures = { saved: 0, failed: 0, dropped: 0, characters: 0, encodeMs: 0, saveMs: 0 };

  constructor(options: SnapshotSaverOptions) {
    this.#options = options;
  }

  figures(): SaveFigures {
    return { ...this.#figures };
  }

  /** @returns whether it will be tried */
  order(job: SaveJob): boolean {
    const waiting = this.#waiting.get(job.key);
    if (waiting === undefined && this.#waiting.size >= this.#options.maxWaiting) {
      this.#figures.dropped += 1;
      return false;
    }
    this.#waiting.set(job.key, { ...job, replaces: job.replaces ?? waiting?.replaces });
    this.#running ??= this.#outside(() => this.#run());
    return true;
  }

  /** Resolves when nothing is left to be saved. Never rejects: what failed was told. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    // Whoever ordered it answers first.
    await nextTurn();
    for (let [job] = this.#waiting.values(); job; [job] = this.#waiting.values()) {
      this.#waiting.delete(job.key);
      await this.#save(job);
    }
    this.#running = undefined;
  }

  async #save(job: SaveJob): Promise<void> {
    const startMs = this.#now();
    try {
      const { sequenceNumber, last, data } = await this.#encode(job);
      if (last === undefined) return;
      job.encoded(data.length);
      const { projectionType, filter, replaces } = job;
      const snapshot = { projectionType, filter, sequenceNumber, data };
      const savingSince = this.#now();
      await this.#options.store.saveSnapshot(replaces === undefined ? snapshot : { ...snapshot, replaces });
      this.#figures.saved += 1;
      this.#figures.characters += data.length;
      this.#figures.saveMs += this.#now() - savingSince;
      job.saved(this.#now() - startMs);
    } catch (fault) {
      this.#figures.failed += 1;
      job.failed(fault);
    }
  }

  async #encode({ kept, encode }: SaveJob) {
    let since = this.#now();
    // From here to the first part nothing else runs: number and state belong together.
    const { sequenceNumber, last, state } = kept.folded;
    if (last === undefined) return { sequenceNumber, last, data: '' };
    const [head, tail] = storedFormAround(last);
    const encoded = encode(state);
    const parts = [head];
    for (const part of typeof encoded === 'string' ? [encoded] : encoded) {
      parts.push(part);
      const elapsed = this.#now() - since;
      if (elapsed < longestTurnMs) continue;
      this.#figures.encodeMs += elapsed;
      await nextTurn();
      since = this.#now();
    }
    const data = parts.join('') + tail;
    this.#figures.encodeMs += this.#now() - since;
    return { sequenceNumber, last, data };
  }

  #now(): number {
    return this.#options.clock.monotonicMicros() / 1e3;
  }
}
