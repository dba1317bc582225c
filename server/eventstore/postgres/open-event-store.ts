import pg from 'pg';
import { InvalidOptionError } from '../errors.ts';
import type { EventStoreInstrumentation } from '../instrumentation.ts';
import { type JsonValidation, validMode } from '../json-validation.ts';
import { OperationTeller } from '../operation-teller.ts';
import { AppendFlights } from './append-flights.ts';
import { AppendStatements } from './append-statements.ts';
import { checkSchema } from './check-schema.ts';
import { checkedDatabase, checkedUrl } from './database-connection.ts';
import type { WhenReplicaFails } from './postgres-engine.ts';
import { PostgresEventStore } from './postgres-event-store.ts';
import { onReader } from './read-routing.ts';
import { replicaSnapshotColumn } from './read-snapshot.ts';
import { SelectStatements } from './select-statement.ts';
import { SettledNumbers } from './settled.ts';
import { type TableNames, tableNames } from './table-names.ts';

export interface PostgresEventStoreOptions {
  /** A pool, which stays the caller's to end, or a URL. */
  readonly primary: pg.Pool | string;
  /** For reads with the consistency `eventual`: a pool or a URL. Without it they go to the primary. */
  readonly replica?: pg.Pool | string;
  /** What eventual reads do when the replica cannot be reached: `fail` with a clear error, the default, or ask the `primary`. */
  readonly whenReplicaFails?: WhenReplicaFails;
  /** Names of the tables; `events` and `snapshots` when they are left out. */
  readonly tables?: Partial<TableNames>;
  /** What an append checks of events that `buildStorableEvent()` did not make; `full` when it is left out. */
  readonly jsonValidation?: JsonValidation;
  /** How many filter shapes keep their SQL text; 50 when it is left out. With 0 no query is prepared on the server. */
  readonly statementCacheSize?: number;
  /**
   * How many appends the store sends at once, each on a connection of its own; 2 when it is left out. Those that come
   * while these are under way wait for one of them to end, 5 ms at most, and then go together in one transaction if
   * their boundaries do not touch. More is for a database that is far away and has cores to spare.
   */
  readonly appendsAtOnce?: number;
  /** Who is told what the store does, and how much of it. */
  readonly instrumentation?: EventStoreInstrumentation;
}

/**
 * Opens the event store in a migrated database.
 * @throws InvalidOptionError whose `field` names the option
 * @throws SchemaVersionError when the schema is not that of this version: `migrateEventStore` makes it so
 * @throws RestoredEventsError when the events come from another database cluster
 * @throws UnsupportedServerError when the server is older than PostgreSQL 15
 * @throws EventStoreUnavailableError when the database, or a replica that eventual reads depend on, cannot be reached
 */
export async function openPostgresEventStore(
  options: PostgresEventStoreOptions,
): Promise<PostgresEventStore> {
  const { statementCacheSize = 50, whenReplicaFails = 'fail' } = options;
  const appendsAtOnce = validAppendsAtOnce(options.appendsAtOnce);
  const tables = tableNames(options.tables);
  const teller = OperationTeller.of(options.instrumentation);
  const jsonValidation = validMode(options.jsonValidation);
  const statements = new SelectStatements(tables, statementCacheSize);
  const replicaStatements = new SelectStatements(tables, statementCacheSize, replicaSnapshotColumn);
  const ownPools: pg.Pool[] = [];
  const open = (database: pg.Pool | string, field: string) => {
    if (typeof database !== 'string') return withoutPipeline(checkedDatabase(database, field), field);
    const pool = createPool(database, field);
    ownPools.push(pool);
    return pool;
  };
  const primary = open(options.primary, 'primary');
  const replica = options.replica === undefined ? undefined : open(options.replica, 'replica');
  const settled = new SettledNumbers(tables);
  const appends = new AppendStatements(tables);
  const engine = {
    primary,
    replica,
    whenReplicaFails,
    tables,
    statements,
    replicaStatements,
    appends,
    flights: new AppendFlights({ primary, appends }, appendsAtOnce),
    settled,
    jsonValidation,
    teller,
  };
  try {
    await checkSchema(primary, tables);
    if (replica) await onReader(engine, { consistency: 'eventual' }, (pool) => checkSchema(pool, tables));
  } catch (error) {
    await Promise.all(ownPools.map((pool) => pool.end()));
    throw error;
  }
  return new PostgresEventStore(engine, ownPools);
}

function validAppendsAtOnce(given = 2): number {
  if (typeof given === 'number' && given >= 1) return given;
  throw new InvalidOptionError(`appendsAtOnce must be a number from 1 up; ${String(given)} was given.`, {
    advice: 'Leave it out for 2.',
    field: 'appendsAtOnce',
  });
}

// Its connections send queries before the last one is answered, and take no other kind of query than pg's own.
function withoutPipeline(pool: pg.Pool, field: string): pg.Pool {
  if (!('pipeline' in pool.options && pool.options.pipeline)) return pool;
  throw new InvalidOptionError('The event store cannot use a pool whose connections are in pipeline mode.', {
    advice:
      'Give a pool without `pipeline: true`: each operation of the store has a connection to itself, and is one round trip.',
    field,
  });
}

function createPool(url: string, field: string): pg.Pool {
  // Without a limit a server that swallows packets holds every call until TCP gives up, and no fallback comes to it.
  const pool = new pg.Pool({ ...checkedUrl(url, field), connectionTimeoutMillis: 10_000 });
  // The pool has already dropped the idle connection that died; the next operation opens another or says why not.
  pool.on('error', () => undefined);
  return pool;
}
