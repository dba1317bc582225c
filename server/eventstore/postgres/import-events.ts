import type pg from 'pg';
import { UnknownOutcomeError } from '../errors.ts';
import type { StorableEvent } from '../storable-event.ts';
import { allEventsKey } from './append-locks.ts';
import { appendFault, isAnsweredFailure, readFault } from './database-fault.ts';
import { LeasedConnection } from './leased-connection.ts';
import { functionName, type TableNames, tableNames } from './table-names.ts';

export type EventBatches = AsyncIterable<readonly StorableEvent[]> | Iterable<readonly StorableEvent[]>;

export interface ImportOptions {
  readonly signal?: AbortSignal;
  /** The names of the store's tables, when they are not the usual ones. */
  readonly tables?: Partial<TableNames>;
  /** Called after each batch with the number of events that the database has got so far. */
  readonly onProgress?: (imported: number) => void;
}

/**
 * Stores many events at once, in their order, without a boundary: for seeding and moving, not for decisions.
 * One transaction: all of them or none. Appends wait only for the last step, and so do reads if the store is empty.
 * @returns how many were stored
 * @throws UnknownOutcomeError when the connection was lost during the commit
 */
export async function importEvents(
  pool: pg.Pool,
  batches: EventBatches,
  { signal, onProgress, tables }: ImportOptions = {},
): Promise<number> {
  const names = tableNames(tables);
  using connection = await LeasedConnection.acquire(pool, signal ? { signal } : {}).catch((error) => {
    throw readFault(error);
  });
  try {
    const transaction = new ImportTransaction(connection, names);
    await transaction.begin();
    const staged = await stageAll(transaction, batches, onProgress);
    await transaction.commit();
    onProgress?.(staged);
    return staged;
  } catch (error) {
    // Closing the connection rolls back whatever it had begun. A fault of the batches themselves is the caller's.
    connection.discard();
    throw error;
  }
}

/** One batch is being sent while the next one is made. */
async function stageAll(
  transaction: ImportTransaction,
  batches: EventBatches,
  onProgress: ImportOptions['onProgress'],
): Promise<number> {
  let staged = 0;
  let staging = Promise.resolve(0);
  for await (const batch of batches) {
    staged += await staging;
    onProgress?.(staged);
    staging = transaction.stage(batch);
    // Its fault is thrown by the next turn, which may be far away.
    staging.catch(() => undefined);
  }
  return staged + (await staging);
}

class ImportTransaction {
  readonly #connection: LeasedConnection;
  readonly #tables: TableNames;

  constructor(connection: LeasedConnection, tables: TableNames) {
    this.#connection = connection;
    this.#tables = tables;
  }

  begin(): Promise<unknown> {
    return this.#run(`BEGIN ISOLATION LEVEL READ COMMITTED; ${createStagingTable(this.#tables)}`);
  }

  async stage(batch: readonly StorableEvent[]): Promise<number> {
    await this.#run(stageSql(this.#tables), [
      batch.map((event) => event.eventType),
      batch.map((event) => event.occurredAt.getTime()),
      batch.map((event) => event.payload),
      batch.map((event) => event.metadata),
    ]);
    return batch.length;
  }

  async commit(): Promise<void> {
    await this.#run(`SELECT ${functionName(this.#tables, 'import')}($1)`, [allEventsKey(this.#tables)]);
    this.#connection.throwIfInterrupted();
    try {
      await this.#connection.client.query('COMMIT');
    } catch (cause) {
      throw isAnsweredFailure(cause) ? appendFault(cause) : new UnknownOutcomeError({ cause });
    }
  }

  async #run(sql: string, values?: unknown[]): Promise<unknown> {
    this.#connection.throwIfInterrupted();
    try {
      return await this.#connection.client.query(sql, values);
    } catch (error) {
      throw this.#connection.interruptedBy ?? appendFault(error);
    }
  }
}

// The server checks and keeps the events outside of the store until all have come: nobody waits while they are made.
const createStagingTable = ({ events }: TableNames) => `
  CREATE TEMPORARY TABLE ${events}_import (
    place bigint GENERATED ALWAYS AS IDENTITY,
    event_type text NOT NULL, occurred_at timestamptz NOT NULL, payload json NOT NULL, metadata json NOT NULL
  ) ON COMMIT DROP`;

const stageSql = ({ events }: TableNames) => `
  INSERT INTO ${events}_import (event_type, occurred_at, payload, metadata)
  SELECT event_type, to_timestamp(ms / 1000), payload::json, metadata::json
  FROM unnest($1::text[], $2::float8[], $3::text[], $4::text[])
    WITH ORDINALITY AS event (event_type, ms, payload, metadata, place)
  ORDER BY place`;
