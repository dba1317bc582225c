import pg from 'pg';
import type { EventStore, SnapshotInventory } from '../../server/eventstore/event-store.ts';
import type { EventStoreInstrumentation } from '../../server/eventstore/instrumentation.ts';
import { migrateEventStore } from '../../server/eventstore/postgres/migrate-event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import type { PostgresEventStore } from '../../server/eventstore/postgres/postgres-event-store.ts';
import { buildStorableEvent, type StorableEvent } from '../../server/eventstore/storable-event.ts';
import { testDatabase } from '../db/support/test-database.ts';

export interface StoreFixture extends AsyncDisposable {
  readonly store: EventStore & SnapshotInventory;
}

export interface PostgresFixture extends StoreFixture {
  readonly store: PostgresEventStore;
  readonly url: string;
  readonly pool: pg.Pool;
}

export interface PostgresFixtureOptions {
  readonly instrumentation?: EventStoreInstrumentation;
  readonly connections?: number;
  readonly appendsAtOnce?: number;
}

/** An empty, migrated store in a database of its own. */
export async function postgresFixture(options: PostgresFixtureOptions = {}): Promise<PostgresFixture> {
  const database = await testDatabase();
  await migrateEventStore({ primary: database.url });
  const pool = new pg.Pool({ connectionString: database.url, max: options.connections ?? 10 });
  // Tests kill connections; the pool drops those that were idle.
  pool.on('error', () => undefined);
  const { instrumentation, appendsAtOnce } = options;
  const store = await openPostgresEventStore({
    primary: pool,
    ...(instrumentation && { instrumentation }),
    ...(appendsAtOnce !== undefined && { appendsAtOnce }),
  });
  return {
    store,
    pool,
    url: database.url,
    async [Symbol.asyncDispose]() {
      await store.close();
      await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

export function event(
  eventType: string,
  payload: object = {},
  occurredAt = new Date(1_755_000_000_000),
): StorableEvent {
  return buildStorableEvent({ eventType, occurredAt, payload });
}

export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}
