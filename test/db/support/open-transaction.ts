import pg from 'pg';
import type { EventStore } from '../../../server/eventstore/event-store.ts';
import { openPostgresEventStore } from '../../../server/eventstore/postgres/open-event-store.ts';

export interface OpenTransaction extends AsyncDisposable {
  /** What it appends stays in flight until the transaction ends. */
  readonly store: EventStore;
  query(sql: string, values?: readonly unknown[]): Promise<unknown[]>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** A store on one connection whose transaction is open: what a test does in it happens, and is not there for others. */
export async function openTransaction(url: string): Promise<OpenTransaction> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  const store = await openPostgresEventStore({ primary: pool });
  await pool.query('BEGIN ISOLATION LEVEL READ COMMITTED');
  return {
    store,
    query: async (sql, values = []) => (await pool.query(sql, [...values])).rows,
    commit: async () => void (await pool.query('COMMIT')),
    rollback: async () => void (await pool.query('ROLLBACK')),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}
