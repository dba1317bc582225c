import pg from 'pg';
import type { EventStore } from '../../../server/eventstore/event-store.ts';
import { openPostgresEventStore } from '../../../server/eventstore/postgres/open-event-store.ts';
import type { TableNames } from '../../../server/eventstore/postgres/table-names.ts';

export interface OpenTransaction extends AsyncDisposable {
  /** What it appends stays in flight until the transaction ends. */
  readonly store: EventStore;
  query(sql: string, values?: readonly unknown[]): Promise<unknown[]>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** A store on one connection whose transaction is open: what a test does in it happens, and is not there for others. */
export async function openTransaction(
  url: string,
  tables: Partial<TableNames> = {},
): Promise<OpenTransaction> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  // It may end with the database, after a test that failed.
  pool.on('error', () => undefined);
  // The store refuses such connections; here they stand for an append that takes long.
  pool.on('connect', (client) => {
    client.getTransactionStatus = () => 'I';
  });
  const store = await openPostgresEventStore({ primary: pool, tables });
  await pool.query('BEGIN ISOLATION LEVEL READ COMMITTED');
  return {
    store,
    query: async (sql, values = []) => (await pool.query(sql, [...values])).rows,
    commit: async () => void (await pool.query('COMMIT')),
    rollback: async () => void (await pool.query('ROLLBACK')),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}
