import pg from 'pg';
import { type DatabaseTarget, targetOf } from './database-target.ts';
import { DatabaseUnreachableError, unreachableReason } from './database-unreachable.ts';

/**
 * Connects once, outside of any pool, and asks for an answer.
 *
 * @throws DatabaseUnreachableError whose sentence names host, port and database and says what is wrong
 */
export async function verifyReachable(
  connectionString: string,
  options: { readonly timeoutMs?: number } = {},
): Promise<void> {
  const timeoutMs = options.timeoutMs ?? 5_000;
  const target = verifyAddress(connectionString);
  const client = new pg.Client({
    connectionString,
    application_name: 'eventstore-profiler check',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  });
  // A connection that breaks also fails the call that waits for it; this is the second report of the same fault.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } catch (error) {
    throw new DatabaseUnreachableError(unreachableReason(error), target, error);
  } finally {
    await client.end();
  }
}

/**
 * Which database is meant, without connecting to it.
 *
 * @throws DatabaseUnreachableError when the text is no address of a PostgreSQL database
 */
export function verifyAddress(connectionString: string): DatabaseTarget {
  try {
    return targetOf(connectionString);
  } catch (error) {
    throw new DatabaseUnreachableError('invalid_url', undefined, error);
  }
}
