import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { errorCode } from '../error-code.ts';
import { DataDirectoryInUseError } from './embedded-errors.ts';

/** A session that one live server of this program holds on its database, so that no second one takes it over. */
export interface Lease {
  /** The server's version, e.g. `18.4`. */
  readonly version: string;
  /** The session, for work on the database itself. */
  readonly client: Client;
  /** Settles when the session ends, whoever ends it. */
  readonly lost: Promise<void>;
}

/** Somebody else holds the lease; `message` names the holder. */
class LeaseTaken extends Error {
  override readonly name = 'LeaseTaken';
}

/**
 * Takes the lease, with patience of a second: that of a killed holder is free as soon as its backend has read the
 * closed connection. @throws DataDirectoryInUseError
 */
export async function claimLease(dataDirectory: string, connectionString: string): Promise<Lease> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await takeLease(connectionString);
    } catch (error) {
      const isPassing = error instanceof LeaseTaken || startingUp.has(errorCode(error) ?? '');
      if (isPassing && attempt < attempts) await delay(50);
      else if (error instanceof LeaseTaken) throw new DataDirectoryInUseError(dataDirectory, error.message);
      else throw error;
    }
  }
}

// cannot_connect_now: starting up, shutting down or in recovery.
const startingUp = new Set(['57P03']);

const attempts = 20;

// Chosen at random; advisory locks of other databases do not meet this one.
const lockKey = 7_261_380_415;

const holderPrefix = 'eventstore-profiler server, process ';

/**
 * Connects and takes the lease. PostgreSQL frees it with the session, so neither a killed holder nor a process
 * number that is used again can leave it behind.
 *
 * @throws LeaseTaken, or what the connection fails with
 */
export async function takeLease(connectionString: string): Promise<Lease> {
  const client = new Client({
    connectionString,
    application_name: holderPrefix + process.pid,
    connectionTimeoutMillis: 3_000,
    keepAlive: true,
  });
  const lost = new Promise<void>((resolve) => {
    client.once('end', resolve);
    client.on('error', () => resolve());
  });
  try {
    await client.connect();
    const { rows } = await client.query<{ taken: boolean; version: string }>(
      `SELECT pg_try_advisory_lock($1) AS taken, split_part(current_setting('server_version'), ' ', 1) AS version`,
      [lockKey],
    );
    if (rows[0]?.taken !== true) throw new LeaseTaken(await nameHolder(client));
    return { version: rows[0].version, client, lost };
  } catch (error) {
    await client.end();
    throw error;
  }
}

async function nameHolder(client: Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT application_name AS name FROM pg_stat_activity WHERE application_name LIKE $1 || '%' AND pid <> pg_backend_pid()`,
    [holderPrefix],
  );
  return rows[0]?.name.slice('eventstore-profiler server, '.length) ?? 'it has just ended';
}
