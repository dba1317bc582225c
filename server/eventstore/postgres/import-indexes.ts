import type { ImportTransaction } from './import-transaction.ts';
import type { TableNames } from './table-names.ts';

/** An index as it must be again. */
export interface IndexDefinition {
  /** Quoted, with its schema. */
  readonly name: string;
  /** `CREATE INDEX …`, and what else was set. */
  readonly statements: readonly string[];
}

/**
 * The indexes of the events that can be dropped and come back as they were, the store's and others: none of a constraint,
 * and none that something depends on or that has what its definition does not say.
 */
export async function rebuildableIndexes(
  transaction: ImportTransaction,
  tables: TableNames,
): Promise<readonly IndexDefinition[]> {
  const rows = await transaction.run(definitionsSql, [`"${tables.events}"`]);
  return rows.map(([name, statements]) => ({
    name: name ?? '',
    statements: JSON.parse(statements ?? '[]') as string[],
  }));
}

/** Its faults come as they are. */
export async function dropIndexes(
  transaction: ImportTransaction,
  indexes: readonly IndexDefinition[],
): Promise<void> {
  if (indexes.length === 0) return;
  await transaction.tryToRun(`DROP INDEX ${indexes.map(({ name }) => name).join(', ')}`);
}

export async function createIndexes(
  transaction: ImportTransaction,
  indexes: readonly IndexDefinition[],
  onIndexing?: (built: number, indexes: number) => void,
): Promise<void> {
  await transaction.run(moreMemorySql);
  for (const [built, { statements }] of indexes.entries()) {
    onIndexing?.(built, indexes.length);
    for (const statement of statements) await transaction.run(statement);
  }
  onIndexing?.(indexes.length, indexes.length);
}

const definitionsSql = `
  SELECT format('%I.%I', nspname, index.relname), json_build_array(pg_get_indexdef(index.oid))::jsonb || (
    SELECT coalesce(jsonb_agg(
      format('ALTER INDEX %I.%I ALTER COLUMN %s SET STATISTICS %s', nspname, index.relname, attnum, attstattarget)
      ORDER BY attnum
    ), '[]')
    FROM pg_attribute WHERE attrelid = index.oid AND attstattarget >= 0
  )
  FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE indrelid = $1::regclass AND indisvalid AND NOT indisclustered AND NOT indisreplident
    AND reltablespace = 0 AND obj_description(index.oid, 'pg_class') IS NULL
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = index.oid)
    AND NOT EXISTS (SELECT FROM pg_depend WHERE refclassid = 'pg_class'::regclass AND refobjid = index.oid)
    AND NOT EXISTS (
      SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = index.oid AND deptype IN ('x', 'e')
    )
  ORDER BY index.relname`;

// In kB. With less, GIN writes itself out in parts; figures: docs/decisions/2026-11-21-seeding-by-copy.md
const moreMemorySql = `
  SELECT set_config('maintenance_work_mem', greatest(setting::bigint, 262144)::text, true)
  FROM pg_settings WHERE name = 'maintenance_work_mem'`;
