import type pg from 'pg';
import { UnsupportedServerError } from '../errors.ts';
import { functionName, migrationsTable, sequenceName, type TableNames } from './table-names.ts';

/** What of the event store is in a database. */
export interface SchemaState {
  /** `current_database()`. */
  readonly database: string;
  /** The schema that holds the store, or would get it: where the search path finds its tables. */
  readonly schema: string;
  readonly hasEvents: boolean;
  readonly hasSnapshots: boolean;
  /** Functions that programs call and that are not there with these arguments. */
  readonly missingFunctions: readonly string[];
  /** How the sequence gives numbers, as SQL has it (`INCREMENT 1 CACHE 1 NO CYCLE`); null without one. */
  readonly sequence: string | null;
  /** Whether the server is in recovery: its schema is that of its primary, perhaps of some time ago. */
  readonly isReplica: boolean;
  /** The applied changes, oldest first; undefined without a record of them. */
  readonly applied: readonly string[] | undefined;
  /** Whether the table for the record is there and is not one. */
  readonly hasForeignRecord: boolean;
  /** The events table that the snapshots belong to, as far as their table says so. */
  readonly snapshotsOf: string | undefined;
  /** Names of the store's tables that PostgreSQL itself uses for a type or a table. */
  readonly systemNames: readonly string[];
}

/**
 * Looks at everything, in a few round trips; see `checkSchema` for the usual case.
 * @throws UnsupportedServerError
 */
export async function readSchemaState(
  database: pg.Pool | pg.ClientBase,
  tables: TableNames,
): Promise<SchemaState> {
  await refuseUnsupportedServer(database);
  const record = migrationsTable(tables);
  const { rows } = await database.query<[string]>({
    text: stateSql,
    values: [
      tables.events,
      tables.snapshots,
      record,
      storeFunctions(tables),
      recordColumns,
      sequenceName(tables),
    ],
    rowMode: 'array',
  });
  // json_build_object(…)::text: other types would come as the parsers of the caller's pool make them.
  const { hasRecord, snapshotsOf, ...state } = JSON.parse(rows[0]?.[0] ?? '{}') as FoundState;
  return {
    ...state,
    snapshotsOf: snapshotsOf ?? undefined,
    applied: hasRecord ? await appliedChanges(database, state.schema, record) : undefined,
  };
}

type FoundState = Omit<SchemaState, 'applied' | 'snapshotsOf'> & {
  readonly hasRecord: boolean;
  readonly snapshotsOf: string | null;
};

/** The functions that programs call, each with the types of its arguments. */
export function storeFunctions(tables: TableNames): readonly string[] {
  return Object.entries(argumentTypes).map(([name, types]) => `${functionName(tables, name)}(${types})`);
}

const argumentTypes = {
  import: 'bigint',
  refuse_unlocked: '',
  has_unseen: 'jsonb, text[], jsonb, text, pg_snapshot, xid8',
  settled: 'pg_snapshot, bigint',
};

/** SQL expression: how a sequence gives numbers, in the words of ALTER SEQUENCE. */
export function numberingSql(sequence: string): string {
  return `(
    SELECT 'INCREMENT ' || seqincrement || ' CACHE ' || seqcache || CASE WHEN seqcycle THEN ' CYCLE' ELSE ' NO CYCLE' END
    FROM pg_sequence WHERE seqrelid = to_regclass(quote_ident(${sequence}))
  )`;
}

/**
 * As the migrations make it. A session keeps the numbers of its CACHE back while others give out and store higher ones, so
 * that nobody could say any more which numbers are safe to go on from; what begins anew gives lower numbers after higher ones.
 */
export const soundNumbering = 'INCREMENT 1 CACHE 1 NO CYCLE';

/** SQL expression: the events table that a table of snapshots belongs to, by the comment that migrations/0003 leaves. */
export function snapshotsOfSql(snapshots: string): string {
  return `substring(obj_description(to_regclass(quote_ident(${snapshots})), 'pg_class') FROM 'in the table "?(\\w+)"?$')`;
}

/** As node-pg-migrate makes them. */
const recordColumns = ['id', 'name', 'run_on'];

// Names are looked for as the statements of the store find them: along the search path.
const stateSql = `
  WITH record AS (
    SELECT oid, relnamespace, (
      SELECT count(*) FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = ANY ($5::text[]) AND NOT attisdropped
    ) = cardinality($5::text[]) AS is_ours
    FROM pg_class WHERE oid = to_regclass(quote_ident($3))
  )
  SELECT json_build_object(
    'database', current_database(),
    'schema', coalesce(
      (SELECT nspname FROM record JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE is_ours),
      current_schema(),
      'public'
    ),
    'hasEvents', to_regclass(quote_ident($1)) IS NOT NULL,
    'hasSnapshots', to_regclass(quote_ident($2)) IS NOT NULL,
    'missingFunctions', ARRAY(
      SELECT wanted FROM unnest($4::text[]) AS wanted
      WHERE to_regprocedure(wanted) IS NULL
    ),
    'sequence', ${numberingSql('$6')},
    'isReplica', pg_is_in_recovery(),
    'hasRecord', EXISTS (SELECT FROM record WHERE is_ours),
    'hasForeignRecord', EXISTS (SELECT FROM record WHERE NOT is_ours),
    'snapshotsOf', ${snapshotsOfSql('$2')},
    'systemNames', ARRAY(
      SELECT name FROM unnest(ARRAY[$1, $2]) AS name
      WHERE EXISTS (SELECT FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typname = name)
    )
  )::text`;

async function appliedChanges(
  database: pg.Pool | pg.ClientBase,
  schema: string,
  record: string,
): Promise<readonly string[]> {
  const { rows } = await database.query<[string]>({
    text: `SELECT name::text FROM ${quoted(schema)}.${quoted(record)} ORDER BY run_on, id`,
    rowMode: 'array',
  });
  return rows.map(([name]) => name);
}

/** An identifier in SQL, whatever it holds. */
export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

// The oldest that the tests run on: test/db/versions.
const oldestVersion = 15;

export const isSupportedServerSql = `current_setting('server_version_num')::int >= ${oldestVersion * 10_000} AND version() !~* 'cockroach'`;

async function refuseUnsupportedServer(database: pg.Pool | pg.ClientBase): Promise<void> {
  const { rows } = await database.query<[string, string]>({
    text: "SELECT version(), current_setting('server_version_num')",
    rowMode: 'array',
  });
  const [name = '', number = ''] = rows[0] ?? [];
  if (/cockroach/i.test(name)) {
    throw new UnsupportedServerError(
      `The database is ${name.split(' (', 1)[0]}, where advisory locks do nothing: appends would not exclude each other.`,
      { advice: `Use PostgreSQL ${oldestVersion} or newer.` },
    );
  }
  if (Number(number) < oldestVersion * 10_000) {
    throw new UnsupportedServerError(
      `The event store needs PostgreSQL ${oldestVersion} or newer; this is ${name.split(' on ', 1)[0]}.`,
      { advice: 'Upgrade the server (pg_upgrade keeps the data), or use another one.' },
    );
  }
}
