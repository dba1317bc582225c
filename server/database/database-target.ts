import pg from 'pg';

/** Which database is meant, in words that may be shown: no user's password, no options. */
export interface DatabaseTarget {
  /** `host:port/database`. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/**
 * Reads a connection string as pg does, defaults and PG* variables included.
 *
 * @throws TypeError when it is not one; its message does not repeat it
 */
export function targetOf(connectionString: string): DatabaseTarget {
  const { host, port, database = '', user = '' } = parsed(connectionString);
  return { name: `${host}:${port}/${database}`, host, port, database, user };
}

function parsed(connectionString: string): pg.Client {
  // pg would read "hello" as a database on a host named "base".
  if (!/^postgres(ql)?:\/\//i.test(connectionString)) throw notAnAddress();
  try {
    return new pg.Client({ connectionString });
  } catch {
    // The error carries the whole text, password included: it goes no further.
    throw notAnAddress();
  }
}

const notAnAddress = () => new TypeError('The database URL is not the URL of a PostgreSQL database.');
