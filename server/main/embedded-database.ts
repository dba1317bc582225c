import {
  type EmbeddedPostgres,
  type PostgresExit,
  startEmbeddedPostgres,
} from '../database/embedded/embedded-postgres.ts';
import { freePort } from '../database/embedded/free-port.ts';
import { ProfilerError } from '../lib/profiler-error.ts';
import type { Database } from './database.ts';
import { connectDatabase, type DatabaseConnection } from './database-connection.ts';
import { countedUrl, prepareStatementCounters } from './statement-counters.ts';

export interface EmbeddedDatabaseOptions {
  readonly dataDirectory: string;
  readonly migrations: string;
  readonly log: (line: string) => void;
  /** Ends a start that is under way. */
  readonly signal: AbortSignal;
  /** Told where a new database is made; not when there is one. */
  readonly onCreating?: ((dataDirectory: string) => void) | undefined;
  /** PostgreSQL ended by itself; it is being started again. */
  readonly onLost: (reason: string) => void;
  /** It runs again, or could not be started again. */
  readonly onRestarted: (fault: unknown) => void;
}

interface Opened {
  readonly postgres: EmbeddedPostgres;
  readonly connection: DatabaseConnection;
}

/** PostgreSQL ended again and again. */
class DatabaseUnstableError extends ProfilerError {
  override readonly name = 'DatabaseUnstableError';

  constructor(reason: string) {
    super('database_unstable', `PostgreSQL ends again and again: ${reason}`, {
      advice: 'Read postgres.log in the data directory, then start the server again.',
    });
  }
}

// One end is an accident (a kill, lack of memory). More than this many in a minute is a fault that a restart does not heal.
const MAX_RESTARTS = 3;
const WITHIN_MS = 60_000;

/** The embedded database: started, migrated, and started again when it ends by itself. */
export async function openEmbeddedDatabase(options: EmbeddedDatabaseOptions): Promise<Database> {
  const first = await open(options);
  const supervised = supervise(first, options);
  const { postgres, connection } = first;
  return {
    info: { kind: 'embedded', location: postgres.dataDirectory, version: connection.version },
    url: async ({ countsStatements = false } = {}) => {
      const { url } = (await supervised.current()).connection;
      return countsStatements ? countedUrl(url) : url;
    },
    countEvents: async () => (await supervised.current()).connection.countEvents(),
    releaseConnections: async (name) => (await supervised.current()).connection.releaseConnections(name),
    close: supervised.close,
    kill: supervised.kill,
  };
}

async function open(options: EmbeddedDatabaseOptions, previous?: Opened): Promise<Opened> {
  const { dataDirectory, log, signal, migrations, onCreating } = options;
  const choosePort = previous === undefined ? freePort : preferring(portOf(previous));
  const postgres = await startEmbeddedPostgres({ dataDirectory, log, signal, choosePort, onCreating });
  try {
    signal.throwIfAborted();
    const connection = await connectDatabase({
      url: postgres.connectionString,
      name: dataDirectory,
      migrations,
      log,
    });
    await prepareStatementCounters(connection.url, log);
    return { postgres, connection };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

// The sockets of a server that was killed may hold its port for a moment.
const TRIES_FOR_OLD_PORT = 3;

/** A run that waits for the database to come back looks for it where it was. */
function preferring(port: number): () => Promise<number> {
  let tries = 0;
  return async () => {
    tries += 1;
    return tries <= TRIES_FOR_OLD_PORT ? port : await freePort();
  };
}

function portOf({ postgres }: Opened): number {
  return Number(new URL(postgres.connectionString).port);
}

function supervise(first: Opened, options: EmbeddedDatabaseOptions) {
  let current = Promise.resolve(first);
  let running: Opened | undefined = first;
  let closing = false;
  const restarts: number[] = [];

  function watch(opened: Opened): void {
    void opened.postgres.exited.then((exit) => {
      running = undefined;
      if (closing || exit.requested) return;
      options.onLost(exit.reason);
      current = restart(opened, exit);
      current.then(
        (next) => {
          running = next;
          watch(next);
          options.onRestarted(undefined);
        },
        (fault: unknown) => options.onRestarted(fault),
      );
    });
  }

  async function restart(ended: Opened, exit: PostgresExit): Promise<Opened> {
    const now = performance.now();
    restarts.push(now);
    if (restarts.filter((time) => now - time < WITHIN_MS).length > MAX_RESTARTS) {
      throw new DatabaseUnstableError(exit.reason);
    }
    await ended.connection.close();
    return await open(options, ended);
  }

  watch(first);
  return {
    current: () => current,
    async close() {
      closing = true;
      const opened = await current.catch(() => undefined);
      await opened?.connection.close();
      await opened?.postgres.stop();
    },
    kill() {
      // PostgreSQL's immediate shutdown: its children go with it, the log is replayed at the next start.
      if (running) process.kill(running.postgres.pid, 'SIGQUIT');
    },
  };
}
