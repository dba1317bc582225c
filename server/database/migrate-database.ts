import { readdir } from 'node:fs/promises';
import pg from 'pg';
import { targetOf } from './database-target.ts';
import { DatabaseUnreachableError, unreachableReason } from './database-unreachable.ts';
import { MigrationFailedError, SchemaVersionError } from './schema-errors.ts';
import { appliedMigrations, migrationsTable } from './schema-version.ts';

export interface MigrateOptions {
  readonly connectionString: string;
  /** What faults call the database; without it the place that the connection string names. */
  readonly name?: string;
  /** The folder with the numbered files `0001_name.sql`. */
  readonly directory: string;
  readonly log?: (message: string) => void;
}

/**
 * Brings the database's schema to the newest version that the folder knows: all missing migrations in one
 * transaction, under a lock that servers starting at the same time wait for. Returns the names applied by this call.
 *
 * @throws SchemaVersionError when the database has a migration that the folder does not know
 * @throws MigrationFailedError when one fails; then none is applied
 * @throws DatabaseUnreachableError
 */
export async function migrateDatabase(options: MigrateOptions): Promise<readonly string[]> {
  const database = options.name ?? targetOf(options.connectionString).name;
  const known = await migrationNames(options.directory);
  const client = new pg.Client({
    connectionString: options.connectionString,
    application_name: 'eventstore-profiler migrations',
    connectionTimeoutMillis: 10_000,
  });
  // A connection that breaks also fails the query that waits for it; this is the second report of the same fault.
  client.on('error', () => undefined);
  try {
    await connect(client, options.connectionString);
    const missing = await missingMigrations(client, { known, database });
    if (missing.length === 0) return [];
    const applied = await applyMigrations(client, { ...options, database });
    // A newer server may have been in between.
    await missingMigrations(client, { known, database });
    return applied;
  } finally {
    await client.end();
  }
}

async function connect(client: pg.Client, connectionString: string): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    throw new DatabaseUnreachableError(unreachableReason(error), targetOf(connectionString), error);
  }
}

async function migrationNames(directory: string): Promise<readonly string[]> {
  const files = await readdir(directory);
  const names = files
    .filter((file) => /^\d{4}_.+\.sql$/.test(file))
    .map((file) => file.slice(0, -'.sql'.length));
  if (names.length === 0) throw new Error(`There are no migrations in ${directory}.`);
  return names.sort();
}

async function missingMigrations(
  client: pg.Client,
  { known, database }: { known: readonly string[]; database: string },
): Promise<readonly string[]> {
  const applied = await appliedMigrations(client);
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new SchemaVersionError(database, { unknown, newestKnown: known.at(-1) ?? '' });
  return known.filter((name) => !applied.includes(name));
}

async function applyMigrations(
  client: pg.Client,
  options: MigrateOptions & { database: string },
): Promise<readonly string[]> {
  // Only a server that has something to migrate pays for loading the runner.
  // While it loads it makes a cache for migrations in TypeScript, a folder in the temporary directory; ours are SQL.
  process.env['JITI_FS_CACHE'] ??= 'false';
  const { runner } = await import('node-pg-migrate');
  let current: string | undefined;
  const note = (message: string) => {
    current = /^### MIGRATION (.+) \(UP\) ###$/.exec(message)?.[1] ?? current;
  };
  try {
    const applied = await runner({
      dbClient: client,
      dir: options.directory,
      ignorePattern: '(?!\\d{4}_.+\\.sql$).*',
      direction: 'up',
      migrationsTable,
      singleTransaction: true,
      advisoryLockMode: 'wait',
      logger: { debug: note, info: note, warn: note, error: note },
    });
    for (const { name } of applied) options.log?.(`Applied the schema change ${name}`);
    return applied.map(({ name }) => name);
  } catch (error) {
    throw new MigrationFailedError(options.database, current, error);
  }
}
