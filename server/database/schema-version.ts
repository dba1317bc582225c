import type { ClientBase, Pool } from 'pg';

/** Where node-pg-migrate keeps the names of the applied migrations. */
export const migrationsTable = 'schema_migrations';

/** The number of the newest migration that the database has; 0 when it has none. */
export async function schemaVersion(database: Pool | ClientBase): Promise<number> {
  const names = await appliedMigrations(database);
  return Math.max(0, ...names.map((name) => Number.parseInt(name, 10)));
}

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
