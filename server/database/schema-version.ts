import type { ClientBase, Pool } from 'pg';

/** Where node-pg-migrate keeps the names of the applied migrations. */
export const migrationsTable = 'schema_migrations';

/** The names of the applied migrations (`0001_event-store`), oldest first. */
export async function appliedMigrations(database: Pool | ClientBase): Promise<readonly string[]> {
  const { rows } = await database.query<{ found: string | null }>('SELECT to_regclass($1)::text AS found', [
    `public.${migrationsTable}`,
  ]);
  if (rows[0]?.found == null) return [];
  const applied = await database.query<{ name: string }>(
    `SELECT name FROM public.${migrationsTable} ORDER BY run_on, id`,
  );
  return applied.rows.map(({ name }) => name);
}
