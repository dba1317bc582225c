import { setTimeout as sleep } from 'node:timers/promises';
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
  SnapshotInventory,
} from '../event-store.ts';
import type { EventStorePhase, OperationName } from '../instrumentation.ts';
import type { OperationTrack } from '../operation-track.ts';
import type { Snapshot, SnapshotInfo, SnapshotsToDelete, SnapshotToSave } from '../snapshot.ts';
import type { StorableEvent } from '../storable-event.ts';
import { isFilter, validFilter } from '../valid-filter.ts';
import { appendEvents } from './append-events.ts';
import type { PostgresEngine } from './postgres-engine.ts';
import { queryEvents } from './query-events.ts';
import { EventReplay } from './replay-events.ts';
import { deleteSnapshots, listSnapshots } from './snapshot-inventory.ts';
import { deleteSnapshot, loadSnapshot, saveSnapshot } from './snapshots.ts';
import { type StatementCacheFigures, sumOfFigures } from './template-cache.ts';

/** The event store on PostgreSQL. Values reach the database as bound parameters only. */
export class PostgresEventStore implements EventStore, SnapshotInventory {
  readonly #engine: PostgresEngine;
  readonly #ownPools: readonly pg.Pool[];
  #isClosed = false;
  /** Nobody to tell and nothing in the way: then an operation costs nothing but itself. */
  #isBare: boolean;

  /** @param ownPools end with the store */
  constructor(engine: PostgresEngine, ownPools: readonly pg.Pool[]) {
    this.#engine = engine;
    this.#ownPools = ownPools;
    this.#isBare = engine.teller === undefined;
  }

  query(filter: EventFilter, options: ReadOptions = {}): Promise<QueryResult> {
    if (this.#isBare && isFilter(filter))
      return queryEvents(this.#engine, { filter, options, track: undefined });
    return this.#tracked('query', 'sql_build', (track) =>
      queryEvents(this.#engine, { filter: validFilter(filter), options, track }),
    );
  }

  append(
    filter: EventFilter,
    position: Position,
    events: readonly StorableEvent[],
    options: CallOptions = {},
  ): Promise<AppendResult> {
    if (this.#isBare && isFilter(filter))
      return appendEvents(this.#engine, { filter, position, events, options, track: undefined });
    return this.#tracked('append', 'sql_build', (track) =>
      appendEvents(this.#engine, { filter: validFilter(filter), position, events, options, track }),
    );
  }

  replay(filter: EventFilter, options: ReplayOptions = {}): Replay {
    this.#refuseWhenClosed();
    return new EventReplay(this.#engine, { filter: validFilter(filter), options });
  }

  saveSnapshot(snapshot: SnapshotToSave, options: CallOptions = {}): Promise<void> {
    if (this.#isBare) return saveSnapshot(this.#engine, snapshot, options);
    return this.#tracked('snapshot_save', 'snapshot_save', () =>
      saveSnapshot(this.#engine, snapshot, options),
    );
  }

  loadSnapshot(
    projectionType: string,
    filter: EventFilter,
    options: ReadOptions = {},
  ): Promise<Snapshot | undefined> {
    const key = { projectionType, filter };
    if (this.#isBare && isFilter(filter)) return loadSnapshot(this.#engine, key, options);
    return this.#tracked('snapshot_load', 'snapshot_load', async (track) => {
      validFilter(filter);
      const snapshot = await loadSnapshot(this.#engine, key, options);
      track?.snapshotFound(snapshot !== undefined);
      return snapshot;
    });
  }

  deleteSnapshot(projectionType: string, filter: EventFilter, options: CallOptions = {}): Promise<void> {
    const key = { projectionType, filter };
    if (this.#isBare && isFilter(filter)) return deleteSnapshot(this.#engine, key, options);
    return this.#tracked('snapshot_delete', 'snapshot_save', () =>
      deleteSnapshot(this.#engine, { projectionType, filter: validFilter(filter) }, options),
    );
  }

  async listSnapshots(
    options: CallOptions & { readonly filter?: EventFilter } = {},
  ): Promise<readonly SnapshotInfo[]> {
    this.#refuseWhenClosed();
    return listSnapshots(this.#engine, options);
  }

  async deleteSnapshots(which: SnapshotsToDelete, options: CallOptions = {}): Promise<number> {
    return this.#tracked('snapshot_delete', 'snapshot_save', () =>
      deleteSnapshots(this.#engine, which, options),
    );
  }

  /** How often a query or replay found the SQL text of its filter's shape, since the store was opened. */
  statementCache(): StatementCacheFigures {
    const { replica, statements, replicaStatements } = this.#engine;
    if (!replica) return statements.cacheFigures();
    return sumOfFigures(statements.cacheFigures(), replicaStatements.cacheFigures());
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isBare = false;
    this.#engine.flights.departAll();
    await Promise.all(this.#ownPools.map(endWhenServed));
  }

  async #tracked<T>(
    name: OperationName,
    first: EventStorePhase,
    work: (track: OperationTrack | undefined) => Promise<T>,
  ): Promise<T> {
    const track = this.#engine.teller?.start(name, first);
    let fault: unknown;
    try {
      this.#refuseWhenClosed();
      return await work(track);
    } catch (error) {
      fault = error;
      throw error;
    } finally {
      track?.end(fault);
    }
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) {
      throw new EventStoreUnavailableError('The event store is closed.', { advice: 'Open it again.' });
    }
  }
}

/** A pool that is told to end forgets those who wait for one of its connections: they would never hear of it. */
async function endWhenServed(pool: pg.Pool): Promise<void> {
  // Told by no event when a connection cannot be opened; connectionTimeoutMillis ends the waiting.
  while (pool.waitingCount > 0) await sleep(5);
  await pool.end();
}
