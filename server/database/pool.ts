import pg from 'pg';
import { targetOf } from './database-target.ts';
import { valueTypes } from './value-types.ts';

export interface PoolOptions {
  readonly connectionString: string;
  /** What pg_stat_activity shows, so that a person can tell whose connection it is. */
  readonly applicationName: string;
  /** Connections at most; 10 when left out. */
  readonly max?: number;
  readonly log: (message: string) => void;
}

/**
 * Opens a pool of connections; the caller ends it. Nothing is connected yet: see `verifyReachable`.
 * Values arrive as `valueTypes` says: int8 as number, timestamptz as Date, json and jsonb as text.
 */
export function openPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    application_name: options.applicationName,
    max: options.max ?? 10,
    types: valueTypes,
    keepAlive: true,
    // Also bounds the wait for a free connection, which under a benchmark's load is long and no fault.
    connectionTimeoutMillis: 30_000,
    // Opening a connection costs about 5 ms: within a run it must not happen again after every pause.
    idleTimeoutMillis: 60_000,
  });
  // A connection that breaks while nobody uses it; without a listener Node would end the process.
  pool.on('error', (error) => {
    // The end of a pool does not wait for its connections: one may still be told that its database goes.
    if (pool.ending) return;
    options.log(
      `An idle connection to ${targetOf(options.connectionString).name} was lost: ${error.message}`,
    );
  });
  return pool;
}
