import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { LeasedConnection } from './leased-connection.ts';

// A server that crashed is back within seconds; a backend that was cut off in its commit ends in less.
const ASK_FOR_MS = 3_000;
const ASK_EVERY_MS = 50;

/**
 * What became of a transaction whose connection was lost; undefined when the database does not say within seconds.
 * @param id of `pg_current_xact_id()`
 * @see https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
 */
export async function transactionEnd(
  pool: pg.Pool,
  id: string | null,
): Promise<'committed' | 'aborted' | undefined> {
  const deadline = performance.now() + ASK_FOR_MS;
  for (;;) {
    const left = Math.ceil(deadline - performance.now());
    if (left <= 0) return undefined;
    // Who asks throws for the commit itself: that the database is not there yet is no news.
    const status = await askOnce(pool, id, left).catch(() => 'in progress');
    if (status === 'committed' || status === 'aborted') return status;
    await delay(ASK_EVERY_MS);
  }
}

async function askOnce(pool: pg.Pool, ...[id, timeoutMs]: [string | null, number]): Promise<string | null> {
  using connection = await LeasedConnection.acquire(pool, { timeoutMs });
  const statement = { text: 'SELECT pg_xact_status($1::xid8) AS status', values: [id] };
  const { rows } = await connection.client.query<{ status: string | null }>(statement);
  return rows[0]?.status ?? null;
}
