import pg from 'pg';
import { SchemaVersionError } from '../errors.ts';
import type { EventStore } from '../event-store.ts';
import type { EventStoreInstrumentation } from '../instrumentation.ts';
import { readFault } from './database-fault.ts';
import { PostgresEventStore } from './postgres-event-store.ts';

export interface PostgresEventStoreOptions {
  /** A pool, which stays the caller's to end, or a URL. */
  readonly primary: pg.Pool | string;
  /** How many filter shapes keep their SQL text; 50 when it is left out. */
  readonly statementCacheSize?: number;
  readonly instrumentation?: EventStoreInstrumentation;
}

/**
 * Opens the event store in a migrated database.
 * @throws SchemaVersionError when the migrations have not run
 * @throws EventStoreUnavailableError when the database cannot be reached
 */
export async function openPostgresEventStore(options: PostgresEventStoreOptions): Promise<EventStore> {
  const { primary, statementCacheSize = 50, instrumentation } = options;
  const ownsPool = typeof primary === 'string';
  const pool = ownsPool ? createPool(primary) : primary;
  try {
    await checkSchema(pool);
  } catch (error) {
    if (ownsPool) await pool.end();
    throw readFault(error);
  }
  return new PostgresEventStore(pool, { instrumentation, statementCacheSize, ownsPool });
}

function createPool(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url });
  // The pool has already dropped the idle connection that died; the next operation opens another or says why not.
  pool.on('error', () => undefined);
  return pool;
}

async function checkSchema(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ is_there: boolean }>(
    "SELECT to_regclass('events') IS NOT NULL AND to_regproc('eventstore_append') IS NOT NULL AS is_there",
  );
  if (rows[0]?.is_there !== true) throw new SchemaVersionError();
}
