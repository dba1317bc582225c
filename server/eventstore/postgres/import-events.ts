import type pg from 'pg';
import type { StorableEvent } from '../storable-event.ts';
import { appendFault } from './database-fault.ts';
import { LeasedConnection } from './leased-connection.ts';

export type EventBatches = AsyncIterable<readonly StorableEvent[]> | Iterable<readonly StorableEvent[]>;

export interface ImportOptions {
  readonly signal?: AbortSignal;
  /** Called after each batch with the number of events that the database has got so far. */
  readonly onProgress?: (imported: number) => void;
}

/**
 * Stores many events at once, in their order, without a boundary: for seeding and moving, not for decisions.
 * One transaction: all of them or none. Appends wait only for the last step, and so do reads if the store is empty.
 * @returns how many were stored
 */
export async function importEvents(
  pool: pg.Pool,
  batches: EventBatches,
  { signal, onProgress }: ImportOptions = {},
): Promise<number> {
  let connection: LeasedConnection | undefined;
  try {
    connection = await LeasedConnection.acquire(pool, signal ? { signal } : {});
    return await importAll(connection, batches, onProgress);
  } catch (error) {
    // Closing the connection rolls back whatever it had begun.
    connection?.discard();
    throw connection?.interruptedBy ?? appendFault(error);
  } finally {
    connection?.[Symbol.dispose]();
  }
}

async function importAll(
  connection: LeasedConnection,
  batches: EventBatches,
  onProgress: ImportOptions['onProgress'],
): Promise<number> {
  const { client } = connection;
  await client.query(`BEGIN ISOLATION LEVEL READ COMMITTED; ${createStagingTable}`);
  let staged = 0;
  let staging = Promise.resolve(0);
  // One batch is being sent while the next one is made.
  for await (const batch of batches) {
    staged += await staging;
    connection.throwIfInterrupted();
    onProgress?.(staged);
    staging = stageBatch(client, batch);
    // Its fault is thrown by the next turn, which may be far away.
    staging.catch(() => undefined);
  }
  staged += await staging;
  await client.query('SELECT eventstore_import()');
  connection.throwIfInterrupted();
  await client.query('COMMIT');
  onProgress?.(staged);
  return staged;
}

// The server checks and keeps the events outside of the store until all have come: nobody waits while they are made.
const createStagingTable = `
  CREATE TEMPORARY TABLE events_import (
    place bigint GENERATED ALWAYS AS IDENTITY,
    event_type text NOT NULL, occurred_at timestamptz NOT NULL, payload json NOT NULL, metadata json NOT NULL
  ) ON COMMIT DROP`;

async function stageBatch(client: pg.PoolClient, batch: readonly StorableEvent[]): Promise<number> {
  await client.query(stageSql, [
    batch.map((event) => event.eventType),
    batch.map((event) => event.occurredAt.getTime()),
    batch.map((event) => event.payload),
    batch.map((event) => event.metadata),
  ]);
  return batch.length;
}

const stageSql = `
  INSERT INTO events_import (event_type, occurred_at, payload, metadata)
  SELECT event_type, to_timestamp(ms / 1000), payload::json, metadata::json
  FROM unnest($1::text[], $2::float8[], $3::text[], $4::text[])
    WITH ORDINALITY AS event (event_type, ms, payload, metadata, place)
  ORDER BY place`;
