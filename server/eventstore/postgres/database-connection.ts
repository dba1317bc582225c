import pg from 'pg';
import { InvalidOptionError } from '../errors.ts';
import { checkOut } from './check-out.ts';

/** One connection, from a pool or of its own. */
export interface DatabaseConnection {
  readonly client: pg.ClientBase;
  /** @param isSound false when nobody knows what state the connection is in */
  end(isSound: boolean): Promise<void>;
}

/** @throws InvalidOptionError for what is no URL; else pg's error when the database cannot be reached */
export async function connect(
  database: pg.Pool | string,
  applicationName: string,
): Promise<DatabaseConnection> {
  if (typeof database !== 'string') {
    const client = await checkOut(database, (taken) => taken.on('error', ignore));
    return {
      client,
      async end(isSound) {
        client.removeListener('error', ignore);
        client.release(!isSound);
      },
    };
  }
  const client = new pg.Client({
    ...checkedUrl(database, 'primary'),
    application_name: applicationName,
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', ignore);
  try {
    await client.connect();
  } catch (error) {
    await client.end();
    throw error;
  }
  return { client, end: () => client.end() };
}

/**
 * Programs without types give anything.
 * @throws InvalidOptionError when it is neither a URL nor a pool
 */
export function checkedDatabase<Given extends pg.Pool | string>(given: Given, field: string): Given {
  const isPool = typeof given === 'object' && given !== null && typeof given.connect === 'function';
  if (typeof given === 'string' || isPool) return given;
  throw new InvalidOptionError(`\`${field}\` says no database: it must be a URL or a pool of pg.`, {
    advice: `Give { ${field}: 'postgres://user:password@host:port/database' }, or a pool.`,
    field,
  });
}

/**
 * The URL as an option for pg.
 * @throws InvalidOptionError without a cause: pg's errors repeat the URL, with its password
 */
export function checkedUrl(url: string, field: string): { readonly connectionString: string } {
  try {
    // pg would read "hello" as a database on a host named "base".
    if (/^postgres(ql)?:\/\//i.test(url) && new pg.Client({ connectionString: url })) {
      return { connectionString: url };
    }
  } catch {
    // Said below.
  }
  throw new InvalidOptionError('The database URL is not the URL of a PostgreSQL database.', {
    advice:
      'Write it as postgres://user:password@host:port/database; special characters in the password percent-encoded.',
    field,
  });
}

// A connection that breaks also fails the query that waits for it; this is the second report of the same fault.
const ignore = () => undefined;
