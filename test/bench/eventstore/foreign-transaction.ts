import type pg from 'pg';

/** A transaction of somebody else that has an id and does not end: every snapshot has to list it. */
export async function foreignTransaction(pool: pg.Pool): Promise<AsyncDisposable> {
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query('SELECT pg_current_xact_id()');
  const end = async () => {
    await client.query('ROLLBACK');
    client.release();
  };
  return { [Symbol.asyncDispose]: end };
}
