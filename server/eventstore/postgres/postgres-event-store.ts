import type pg from 'pg';
import { EventStoreUnavailableError } from '../errors.ts';
import type { EventFilter } from '../event-filter.ts';
import type {
  AppendResult,
  CallOptions,
  EventStore,
  Position,
  QueryOptions,
  QueryResult,
  ReplayOptions,
} from '../event-store.ts';
import type { EventStoreInstrumentation } from '../instrumentation.ts';
import type { StorableEvent, StoredEvent } from '../storable-event.ts';
import { appendEvents } from './append-events.ts';
import { PhaseTrack } from './phase-track.ts';
import type { PostgresEngine } from './postgres-engine.ts';
import { queryEvents } from './query-events.ts';
import { replayEvents } from './replay-events.ts';
import { SelectStatements } from './select-statement.ts';

export interface PostgresEventStoreSettings {
  readonly instrumentation?: EventStoreInstrumentation | undefined;
  /** How many filter shapes keep their SQL text. */
  readonly statementCacheSize: number;
  /** Whether the pool ends with the store. */
  readonly ownsPool: boolean;
}

/** The event store on PostgreSQL. Values reach the database as bound parameters only. */
export class PostgresEventStore implements EventStore {
  readonly #engine: PostgresEngine;
  readonly #ownsPool: boolean;
  #isClosed = false;

  constructor(pool: pg.Pool, { instrumentation, statementCacheSize, ownsPool }: PostgresEventStoreSettings) {
    this.#engine = { pool, statements: new SelectStatements(statementCacheSize), instrumentation };
    this.#ownsPool = ownsPool;
  }

  async query(filter: EventFilter, options: QueryOptions = {}): Promise<QueryResult> {
    this.#refuseWhenClosed();
    const phases = this.#trackFrom('sql_build');
    try {
      return await queryEvents(this.#engine, { filter, options, phases });
    } finally {
      phases?.leave();
    }
  }

  async append(
    filter: EventFilter,
    position: Position,
    events: readonly StorableEvent[],
    options: CallOptions = {},
  ): Promise<AppendResult> {
    this.#refuseWhenClosed();
    const phases = this.#trackFrom('sql_build');
    try {
      return await appendEvents(this.#engine, { filter, position, events, options, phases });
    } finally {
      phases?.leave();
    }
  }

  async *replay(filter: EventFilter, options: ReplayOptions = {}): AsyncGenerator<readonly StoredEvent[]> {
    this.#refuseWhenClosed();
    const phases = this.#trackFrom('sql_build');
    try {
      yield* replayEvents(this.#engine, { filter, options, phases });
    } finally {
      phases?.leave();
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#ownsPool) await this.#engine.pool.end();
  }

  #trackFrom(phase: 'sql_build'): PhaseTrack | undefined {
    const { instrumentation } = this.#engine;
    return instrumentation && new PhaseTrack(instrumentation, phase);
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) {
      throw new EventStoreUnavailableError('The event store is closed.', { advice: 'Open it again.' });
    }
  }
}
