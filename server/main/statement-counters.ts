import pg from 'pg';
import { describeError } from '../lib/describe-error.ts';

/** The address of an embedded database for connections whose statements are counted. */
export function countedUrl(url: string): string {
  const counted = new URL(url);
  counted.searchParams.set('options', '-c pg_stat_statements.track=top');
  return counted.href;
}

/**
 * Makes `pg_stat_statements` usable in the embedded database, whose settings load it. Runs go without its figures where
 * that fails; the log says why.
 */
export async function prepareStatementCounters(url: string, log: (line: string) => void): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'eventstore-profiler counters' });
  // A connection that breaks also fails the statement that waits for it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  } catch (error) {
    log(`pg_stat_statements cannot be used: ${describeError(error).message}`);
  } finally {
    await client.end();
  }
}
