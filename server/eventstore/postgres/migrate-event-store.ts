import type pg from 'pg';
import { InvalidOptionError } from '../errors.ts';
import { checkedDatabase, connect } from './database-connection.ts';
import { readFault } from './database-fault.ts';
import { lockKey } from './lock-key.ts';
import { adoptRestoredEvents, refuseRestoredEvents } from './restored-events.ts';
import { runMigrations } from './run-migrations.ts';
import { changesIn, migrationsFolder, schemaChanges } from './schema-changes.ts';
import { blockingFault, ruinFault, type SchemaPlace } from './schema-faults.ts';
import { quoted, readSchemaState, type SchemaState } from './schema-state.ts';
import { type TableNames, tableNames } from './table-names.ts';

export interface MigrateOptions {
  /** A pool or a URL; its user must be allowed to create tables and functions, and to own them. */
  readonly primary: pg.Pool | string;
  /** Names of the tables; `events` and `snapshots` when they are left out. Several stores can live in one database. */
  readonly tables?: Partial<TableNames>;
  /** Makes events usable that were restored from a backup of another database cluster; see `RestoredEventsError`. */
  readonly adoptRestoredEvents?: boolean;
  /** What faults call the database; its own name when it is left out. */
  readonly name?: string;
  /** A folder with the numbered files `0001_name.sql`; that of this package when it is left out. */
  readonly directory?: string;
  /** Called with a sentence for everything that was done. */
  readonly log?: (message: string) => void;
}

/**
 * Creates the event store's schema or brings it to the version of this program: all missing changes in one transaction,
 * under a lock that programs starting at the same time wait for. Gives the names of the changes that this call applied;
 * with nothing to do it changes nothing and needs no rights to do so.
 *
 * @throws InvalidOptionError for names that cannot be, before anything is sent
 * @throws SchemaVersionError when the schema belongs to a newer version, or is not whole
 * @throws RestoredEventsError when events were stored in another cluster, unless they are to be adopted
 * @throws MigrationFailedError when a change fails; then none is applied
 * @throws UnsupportedServerError, EventStoreUnavailableError
 */
export async function migrateEventStore(options: MigrateOptions): Promise<readonly string[]> {
  checkedDatabase(options.primary, 'primary');
  const tables = tableNames(options.tables);
  const directory = options.directory ?? migrationsFolder();
  const place = { tables, name: options.name, known: await changesIn(directory) };
  let isSound = false;
  try {
    const connection = await connect(options.primary, 'eventstore-profiler migrations');
    try {
      const applied = await migrate(connection.client, { options, place, directory });
      isSound = true;
      return applied;
    } finally {
      await connection.end(isSound);
    }
  } catch (error) {
    throw readFault(error);
  }
}

interface Migration {
  readonly options: MigrateOptions;
  readonly place: SchemaPlace;
  readonly directory: string;
}

async function migrate(client: pg.ClientBase, migration: Migration): Promise<readonly string[]> {
  const { tables } = migration.place;
  if (!hasWork(await usableState(client, migration), migration)) return [];
  // A transaction's own lock, which poolers keep. Whatever level is the default, each statement must see what the program
  // that had the lock before has done. When anything fails, the connection is closed, and with it the transaction.
  await client.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL statement_timeout = 0');
  await client.query('SELECT pg_advisory_xact_lock($1)', [String(lockKey(tables, 'migrations'))]);
  const applied = await change(client, migration);
  await client.query('COMMIT');
  for (const name of applied) migration.options.log?.(`Applied the schema change ${name}`);
  return applied;
}

/** Under the lock, where nobody else changes the schema. */
async function change(client: pg.ClientBase, migration: Migration): Promise<readonly string[]> {
  const { options, place, directory } = migration;
  const state = await usableState(client, migration);
  let applied: readonly string[] = [];
  if (lacksChanges(state, place)) {
    // The search path may find the store elsewhere than it would make a new table.
    await client.query(
      "SELECT set_config('search_path', $1 || ', ' || current_setting('search_path'), true)",
      [quoted(state.schema)],
    );
    const database = options.name ?? state.database;
    applied = await runMigrations(client, {
      tables: place.tables,
      directory,
      schema: state.schema,
      database,
    });
    await usableState(client, migration);
  }
  if (options.adoptRestoredEvents) {
    const adopted = await adoptRestoredEvents(client, place.tables);
    options.log?.(`Adopted ${adopted.toLocaleString('en-US')} restored event${adopted === 1 ? '' : 's'}`);
  }
  return applied;
}

/** @throws what stands in the way of the program and of migrating */
async function usableState(client: pg.ClientBase, { options, place }: Migration): Promise<SchemaState> {
  const { tables } = place;
  const state = await readSchemaState(client, tables);
  const [systemName] = state.systemNames;
  if (systemName !== undefined) {
    throw new InvalidOptionError(
      `A table of the store cannot be named ${systemName}: PostgreSQL itself uses it.`,
      {
        advice: 'Choose another name.',
        field: systemName === tables.events ? 'tables.events' : 'tables.snapshots',
      },
    );
  }
  const blocking = blockingFault(state, place);
  if (blocking) throw blocking;
  if (lacksChanges(state, place) || !isOwnSchema(place)) return state;
  const ruin = ruinFault(state, place);
  if (ruin) throw ruin;
  if (!options.adoptRestoredEvents) await refuseRestoredEvents(client, place);
  return state;
}

function hasWork(state: SchemaState, { options, place }: Migration): boolean {
  return lacksChanges(state, place) || options.adoptRestoredEvents === true;
}

function lacksChanges({ applied = [] }: SchemaState, { known }: SchemaPlace): boolean {
  return known.some((name) => !applied.includes(name));
}

/** Whether the folder makes the schema that this version works with. */
function isOwnSchema({ known }: SchemaPlace): boolean {
  return known.join() === schemaChanges.join();
}
