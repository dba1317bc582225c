import type pg from 'pg';
import type { StorableEvent } from '../storable-event.ts';
import { appendFault } from './database-fault.ts';
import { LeasedConnection } from './leased-connection.ts';

export interface ImportOptions {
  readonly signal?: AbortSignal;
  /** Called after each batch with the number of events that were inserted so far. */
  readonly onProgress?: (imported: number) => void;
}

/**
 * Stores many events at once, in their order, without a boundary: for seeding and moving, not for decisions.
 * One transaction: all of them or none. Appends wait until it has ended.
 * @returns how many were stored
 */
export async function importEvents(
  pool: pg.Pool,
  batches: AsyncIterable<readonly StorableEvent[]> | Iterable<readonly StorableEvent[]>,
  { signal, onProgress }: ImportOptions = {},
): Promise<number> {
  let connection: LeasedConnection | undefined;
  try {
    connection = await LeasedConnection.acquire(pool, signal ? { signal } : {});
    return await importAll(connection.client, batches, onProgress);
  } catch (error) {
    // Closing the connection rolls back whatever it had begun.
    connection?.discard();
    throw connection?.interruptedBy ?? appendFault(error);
  } finally {
    connection?.[Symbol.dispose]();
  }
}

async function importAll(
  client: pg.PoolClient,
  batches: AsyncIterable<readonly StorableEvent[]> | Iterable<readonly StorableEvent[]>,
  onProgress: ImportOptions['onProgress'],
): Promise<number> {
  await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
  await client.query('SELECT eventstore_lock_all()');
  let imported = 0;
  let inserting = Promise.resolve(0);
  // One batch is being inserted while the next one is made.
  for await (const batch of batches) {
    imported += await inserting;
    onProgress?.(imported);
    inserting = insertBatch(client, batch);
    // Its fault is thrown by the next turn, which may be far away.
    inserting.catch(() => undefined);
  }
  imported += await inserting;
  await client.query('COMMIT');
  onProgress?.(imported);
  return imported;
}

async function insertBatch(client: pg.PoolClient, batch: readonly StorableEvent[]): Promise<number> {
  await client.query({
    name: 'eventstore_import',
    text: insertSql,
    values: [
      batch.map((event) => event.eventType),
      batch.map((event) => event.occurredAt.getTime()),
      batch.map((event) => event.payload),
      batch.map((event) => event.metadata),
    ],
  });
  return batch.length;
}

const insertSql = `
  INSERT INTO events (event_type, occurred_at, payload, metadata)
  SELECT event_type, to_timestamp(ms / 1000), payload::json, metadata::json
  FROM unnest($1::text[], $2::float8[], $3::text[], $4::text[])
    WITH ORDINALITY AS event (event_type, ms, payload, metadata, place)
  ORDER BY place`;
