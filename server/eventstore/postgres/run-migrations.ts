import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { MigrationFailedError } from '../errors.ts';
import { messageOf, sqlState } from './database-fault.ts';
import { renameTables } from './rename-tables.ts';
import { quoted } from './schema-state.ts';
import { migrationsTable, type TableNames } from './table-names.ts';

export interface Migrations {
  readonly tables: TableNames;
  readonly directory: string;
  /** The schema that gets the tables. */
  readonly schema: string;
  /** What sentences call the database. */
  readonly database: string;
}

/**
 * Applies what is missing within the transaction that the connection is in, and gives the names.
 * @throws MigrationFailedError
 */
export async function runMigrations(
  client: pg.ClientBase,
  migrations: Migrations,
): Promise<readonly string[]> {
  const { tables, directory, schema } = migrations;
  // Only a program that has something to migrate pays for loading the runner.
  // While it loads it makes a cache for migrations in TypeScript, a folder in the temporary directory; ours are SQL.
  process.env['JITI_FS_CACHE'] ??= 'false';
  const { runner } = await import('node-pg-migrate');
  let current: string | undefined;
  const note = (message: string) => {
    current = /^### MIGRATION (.+) \(UP\) ###$/.exec(message)?.[1] ?? current;
  };
  const record = migrationsTable(tables);
  try {
    const applied = await runner({
      dbClient: client,
      dir: directory,
      ignorePattern: '(?!\\d{4}_.+\\.sql$).*',
      migrationLoaderStrategies: [{ extensions: ['.sql'], loader: loaderFor(tables) }],
      direction: 'up',
      migrationsTable: record,
      migrationsSchema: schema,
      singleTransaction: false,
      noLock: true,
      logger: { debug: note, info: note, warn: note, error: note },
    });
    // The names are no secret, and whoever may only read has to find out as well whether the schema is that of its version.
    await client.query(`GRANT SELECT ON ${quoted(schema)}.${quoted(record)} TO PUBLIC`);
    return applied.map(({ name }) => name);
  } catch (error) {
    throw failure(error, current, migrations);
  }
}

/** The files as they are but for the names of the tables, without a BEGIN and COMMIT around each. */
function loaderFor(tables: TableNames): (files: string[]) => Promise<Unit[]> {
  return (files) =>
    Promise.all(
      files.map(async (file) => {
        const sql = renameTables(await readFile(file, 'utf8'), tables);
        const up = (builder: Builder) => {
          builder.noTransaction();
          builder.sql(sql);
        };
        return { id: path.basename(file), filePaths: [file], actions: { up, down: false as const } };
      }),
    );
}

interface Builder {
  noTransaction(): void;
  sql(text: string): void;
}

interface Unit {
  readonly id: string;
  readonly filePaths: string[];
  readonly actions: { readonly up: (builder: Builder) => void; readonly down: false };
}

function failure(cause: unknown, migration: string | undefined, { database, tables }: Migrations) {
  const change = migration === undefined ? 'The schema' : `The schema change ${migration}`;
  const message = `${change} could not be applied to ${database}: ${firstLine(messageOf(cause))}. Nothing was changed.`;
  return new MigrationFailedError(message, { advice: adviceFor(sqlState(cause), tables), cause });
}

// Duplicate table (also index or sequence), type and function.
const duplicateStates = new Set(['42P07', '42710', '42723']);

function adviceFor(code: string, { events, snapshots }: TableNames): string {
  if (duplicateStates.has(code)) {
    return (
      `Something else in the database has a name that the event store needs. It has ${events} and ${snapshots} for ` +
      "tables; choose others: tables: { events: 'stored_events', snapshots: 'stored_snapshots' }."
    );
  }
  return 'Give the user of the database URL the right to create tables and functions, or use a database of its own.';
}

// node-pg-migrate puts a stack into the message of a fault with its own table.
function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
