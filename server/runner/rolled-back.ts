import type pg from 'pg';
import { errorCode } from '../database/error-code.ts';
import { notRolledBack } from './explain-faults.ts';

/**
 * Does work in a transaction of its own, and rolls it back, also when it fails. That the transaction is still the same one is
 * verified: a savepoint of its beginning must be there.
 * @throws ExplainFailedError when something has ended the transaction, so that changes may stay
 */
export async function rolledBack<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  await client.query(`SAVEPOINT ${BEGINNING}`);
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await rollBack(client, error);
    throw error;
  }
  await rollBack(client);
  return result;
}

const BEGINNING = 'eventstore_profiler_beginning';

async function rollBack(client: pg.Client, failure?: unknown): Promise<void> {
  try {
    await client.query(`ROLLBACK TO SAVEPOINT ${BEGINNING}`);
    await client.query('ROLLBACK');
  } catch (error) {
    if (GONE.includes(errorCode(error) ?? '')) throw notRolledBack(failure ?? error);
    // The server rolls back what a broken connection left open; its first fault tells more.
    throw failure ?? error;
  }
}

/** No transaction is open, or one without that savepoint. */
const GONE = ['25P01', '3B001'];

/** PostgreSQL refused in `readingOnly`. */
export const READ_ONLY = '25006';

/** Within a transaction, work in which PostgreSQL refuses to change rows and to advance sequences, in functions too. */
export async function readingOnly<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query(`SAVEPOINT ${READING}`);
  try {
    await client.query('SET LOCAL transaction_read_only = on');
    return await work();
  } finally {
    // Gives back what the transaction may do; the savepoint is gone where the transaction is, which its end tells.
    await client.query(`ROLLBACK TO SAVEPOINT ${READING}`).catch(() => undefined);
  }
}

const READING = 'eventstore_profiler_reading';
