import type pg from 'pg';
import { targetOf } from '../database/database-target.ts';
import { openPool } from '../database/pool.ts';
import { SchemaVersionError } from '../eventstore/errors.ts';
import { checkSchema } from '../eventstore/postgres/check-schema.ts';
import { countEvents } from '../eventstore/postgres/count-events.ts';
import { migrateEventStore } from '../eventstore/postgres/migrate-event-store.ts';
import { tableNames } from '../eventstore/postgres/table-names.ts';

export interface ConnectOptions {
  readonly url: string;
  /** What faults call the database; without it the place that the URL names. */
  readonly name?: string;
  /** Left out, the event store is made or brought to this version; `false` leaves the database as it is. */
  readonly migrate?: boolean;
  /** Folder of the numbered SQL files. */
  readonly migrations: string;
  readonly log: (line: string) => void;
}

/** The server's own connections to one running PostgreSQL; the runs have theirs. */
export interface DatabaseConnection {
  readonly url: string;
  /** E.g. `18.4`. */
  readonly version: string;
  /** Undefined where there is no event store of this version. */
  countEvents(): Promise<number | undefined>;
  /** Ends what a killed process left connected, and resolves when it is gone. */
  releaseConnections(applicationName: string): Promise<void>;
  close(): Promise<void>;
}

// The server counts events and ends leftovers, both rarely; every connection is a process of PostgreSQL.
const MAX_CONNECTIONS = 2;

// Ending a backend takes milliseconds; more only when it hangs in the kernel.
const TERMINATE_WITHIN_MS = 1000;

/** Migrates the database, unless it is to stay as it is, and opens the server's connections to it. @throws ProfilerError of the event store */
export async function connectDatabase(options: ConnectOptions): Promise<DatabaseConnection> {
  const { url, name, migrations, log, migrate = true } = options;
  if (migrate)
    await migrateEventStore({ primary: url, name: name ?? targetOf(url).name, directory: migrations, log });
  const pool = openPool({
    connectionString: url,
    applicationName: 'eventstore-profiler server',
    max: MAX_CONNECTIONS,
    log,
  });
  return {
    url,
    version: await readVersion(pool),
    countEvents: async () => (migrate || (await hasEventStore(pool)) ? await countEvents(pool) : undefined),
    async releaseConnections(applicationName) {
      await pool.query(
        'SELECT pg_terminate_backend(pid, $2) FROM pg_stat_activity WHERE application_name = $1',
        [applicationName, TERMINATE_WITHIN_MS],
      );
    },
    close: () => pool.end(),
  };
}

async function hasEventStore(pool: pg.Pool): Promise<boolean> {
  try {
    await checkSchema(pool, tableNames({}));
    return true;
  } catch (error) {
    if (error instanceof SchemaVersionError) return false;
    throw error;
  }
}

async function readVersion(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ server_version: string }>('SHOW server_version');
  return rows[0]?.server_version.split(' ')[0] ?? 'unknown';
}
