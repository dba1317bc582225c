import type pg from 'pg';
import { EventStoreUnavailableError } from '../errors.ts';
import type { EventFilter } from '../event-filter.ts';
import type {
  AppendResult,
  CallOptions,
  EventStore,
  Position,
  QueryResult,
  ReadOptions,
  Replay,
  ReplayOptions,
} from '../event-store.ts';
import type { EventStorePhase } from '../instrumentation.ts';
import type { Snapshot, SnapshotToSave } from '../snapshot.ts';
import type { StorableEvent } from '../storable-event.ts';
import { appendEvents } from './append-events.ts';
import { PhaseTrack } from './phase-track.ts';
import type { PostgresEngine } from './postgres-engine.ts';
import { queryEvents } from './query-events.ts';
import { EventReplay } from './replay-events.ts';
import { deleteSnapshot, loadSnapshot, saveSnapshot } from './snapshots.ts';
import type { StatementCacheFigures } from './template-cache.ts';

/** The event store on PostgreSQL. Values reach the database as bound parameters only. */
export class PostgresEventStore implements EventStore {
  readonly #engine: PostgresEngine;
  readonly #ownPools: readonly pg.Pool[];
  #isClosed = false;

  /** @param ownPools end with the store */
  constructor(engine: PostgresEngine, ownPools: readonly pg.Pool[]) {
    this.#engine = engine;
    this.#ownPools = ownPools;
  }

  query(filter: EventFilter, options: ReadOptions = {}): Promise<QueryResult> {
    return this.#inPhases('sql_build', (phases) => queryEvents(this.#engine, { filter, options, phases }));
  }

  append(
    filter: EventFilter,
    position: Position,
    events: readonly StorableEvent[],
    options: CallOptions = {},
  ): Promise<AppendResult> {
    return this.#inPhases('sql_build', (phases) =>
      appendEvents(this.#engine, { filter, position, events, options, phases }),
    );
  }

  replay(filter: EventFilter, options: ReplayOptions = {}): Replay {
    this.#refuseWhenClosed();
    return new EventReplay(this.#engine, { filter, options, phases: this.#trackFrom });
  }

  saveSnapshot(snapshot: SnapshotToSave, options: CallOptions = {}): Promise<void> {
    return this.#inPhases('snapshot_save', () => saveSnapshot(this.#engine, snapshot, options));
  }

  loadSnapshot(
    projectionType: string,
    filter: EventFilter,
    options: ReadOptions = {},
  ): Promise<Snapshot | undefined> {
    return this.#inPhases('snapshot_load', () =>
      loadSnapshot(this.#engine, { projectionType, filter }, options),
    );
  }

  deleteSnapshot(projectionType: string, filter: EventFilter, options: CallOptions = {}): Promise<void> {
    return this.#inPhases('snapshot_save', () =>
      deleteSnapshot(this.#engine, { projectionType, filter }, options),
    );
  }

  /** How often a query or replay found the SQL text of its filter's shape, since the store was opened. */
  statementCache(): StatementCacheFigures {
    return this.#engine.statements.cacheFigures();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all(this.#ownPools.map((pool) => pool.end()));
  }

  async #inPhases<T>(
    first: EventStorePhase,
    work: (phases: PhaseTrack | undefined) => Promise<T>,
  ): Promise<T> {
    this.#refuseWhenClosed();
    const phases = this.#trackFrom(first);
    try {
      return await work(phases);
    } finally {
      phases?.leave();
    }
  }

  readonly #trackFrom = (phase: EventStorePhase): PhaseTrack | undefined => {
    const { instrumentation } = this.#engine;
    return instrumentation && new PhaseTrack(instrumentation, phase);
  };

  #refuseWhenClosed(): void {
    if (this.#isClosed) {
      throw new EventStoreUnavailableError('The event store is closed.', { advice: 'Open it again.' });
    }
  }
}
