import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { InvalidOptionError } from '../../server/eventstore/errors.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type EventStore, emptyPosition } from '../../server/eventstore/event-store.ts';
import { countEvents } from '../../server/eventstore/postgres/count-events.ts';
import { importEvents } from '../../server/eventstore/postgres/import-events.ts';
import { migrateEventStore } from '../../server/eventstore/postgres/migrate-event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { schemaChanges } from '../../server/eventstore/postgres/schema-changes.ts';
import { type TableNames, tableNames } from '../../server/eventstore/postgres/table-names.ts';
import { collect, event } from '../contract/event-store-fixture.ts';
import { query } from './support/query.ts';
import { type TestDatabase, testDatabase } from './support/test-database.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
const added = buildEventFilter().matching().anyEventTypeOf('Added').finalize();

// Keywords of SQL, and a word that the functions of the store use.
const named: readonly TableNames[] = [
  { events: 'order', snapshots: 'user' },
  { events: 'event', snapshots: 'select' },
  { events: 'events', snapshots: 'snapshots' },
];

let database: TestDatabase;
let pool: pg.Pool;
const stores: EventStore[] = [];

before(async () => {
  database = await testDatabase();
  pool = new pg.Pool({ connectionString: database.url });
  for (const tables of named) {
    assert.deepEqual(await migrateEventStore({ primary: pool, tables }), schemaChanges);
    stores.push(await openPostgresEventStore({ primary: pool, tables }));
  }
});
after(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

describe('several event stores in one database', () => {
  for (const [index, tables] of named.entries()) {
    test(`do everything in the table ${tables.events}, and each sees its own events only`, async () => {
      const store = storeAt(index);
      const kind = `Kind${index}`;
      assert.deepEqual((await store.query(anyEvent)).events, []);
      const first = await store.append(added, emptyPosition, [event('Added', { kind })]);
      await assert.rejects(store.append(added, emptyPosition, [event('Added')]), {
        code: 'concurrency_conflict',
      });
      const second = await store.append(added, first.position, [event('Added', { kind }), event('Other')]);
      assert.equal(await importEvents(pool, [[event('Imported', { kind })]], { tables }), 1);
      const { events, maxSequenceNumber } = await store.query(anyEvent);
      assert.deepEqual(
        events.map(({ eventType }) => eventType),
        ['Added', 'Added', 'Other', 'Imported'],
      );
      assert.equal(second.maxSequenceNumber, 3);
      assert.deepEqual((await collect(store.replay(anyEvent))).flat(), events);
      assert.equal(await countEvents(pool, tables), 4);
      await store.saveSnapshot({
        projectionType: 'P',
        filter: anyEvent,
        sequenceNumber: maxSequenceNumber,
        data: JSON.stringify(kind),
      });
      assert.equal((await store.loadSnapshot('P', anyEvent))?.data, JSON.stringify(kind));
    });
  }

  test('go on by safe numbers while a transaction of another program stays open', async () => {
    const idle = await pool.connect();
    try {
      await idle.query('BEGIN; SELECT pg_current_xact_id()');
      for (const tables of named) {
        const store = await openPostgresEventStore({ primary: pool, tables });
        assert.equal((await store.query(anyEvent)).maxSequenceNumber, 4);
      }
    } finally {
      idle.release(true);
    }
  });

  test('do not wait for each other: an append that holds its locks keeps no other store from appending', async () => {
    const holder = await pool.connect();
    try {
      // Blocks appends to the first store after they have taken their locks, any event's among them.
      await holder.query(`BEGIN; LOCK TABLE "${named[0]?.events}" IN SHARE MODE`);
      const { position } = await storeAt(0).query(anyEvent);
      const waiting = storeAt(0).append(anyEvent, position, [event('Added')]);
      await untilSomebodyWaits();
      const other = await storeAt(1).query(anyEvent);
      await storeAt(1).append(anyEvent, other.position, [event('Added')], { timeoutMs: 10_000 });
      await importEvents(pool, [[event('Imported')]], {
        tables: named[1] ?? {},
        signal: AbortSignal.timeout(10_000),
      });
      await holder.query('ROLLBACK');
      await waiting;
    } finally {
      holder.release(true);
    }
  });

  test('do not take each other’s snapshots when a name was left out', async () => {
    await assert.rejects(openPostgresEventStore({ primary: pool, tables: { events: 'order' } }), {
      name: InvalidOptionError.name,
      field: 'tables.snapshots',
      message: /The table snapshots of test_\w+ holds the snapshots of another event store.* table events\./,
    });
  });
});

describe('a name that is in use', () => {
  for (const [what, sql] of [
    ['table', 'CREATE TABLE ledger (id int)'],
    ['view', 'CREATE VIEW ledger AS SELECT 1 AS id'],
    ['index of another table', 'CREATE TABLE other (id int); CREATE INDEX ledger_payload ON other (id)'],
    ['type', 'CREATE TYPE ledger AS (id int)'],
    ['table called like its record', 'CREATE TABLE ledger_migrations (version int)'],
    [
      'record of another program',
      "CREATE TABLE ledger_migrations AS SELECT 1 AS id, '20240101_users' AS name, now() AS run_on",
    ],
  ] as const) {
    test(`by a ${what} gives a sentence and changes nothing`, async () => {
      await using own = await testDatabase();
      await query(own.url, sql);
      const before = await everythingIn(own.url);
      const tables = { events: 'ledger', snapshots: 'ledger_snapshots' };
      await assert.rejects(migrateEventStore({ primary: own.url, tables }), (error: Error) => {
        assert.match(error.message, /already exists\. Nothing was changed\.$|belongs to another program/);
        assert.match('advice' in error ? String(error.advice) : '', /tables: \{ events: 'stored_events'/);
        return true;
      });
      assert.deepEqual(await everythingIn(own.url), before);
    });
  }

  for (const name of ['text', 'json', 'uuid', 'date']) {
    test(`by PostgreSQL itself (${name}) is refused before anything is changed`, async () => {
      await using own = await testDatabase();
      const before = await everythingIn(own.url);
      for (const field of ['events', 'snapshots']) {
        await assert.rejects(migrateEventStore({ primary: own.url, tables: { [field]: name } }), {
          name: InvalidOptionError.name,
          field: `tables.${field}`,
          message: `A table of the store cannot be named ${name}: PostgreSQL itself uses it.`,
        });
      }
      assert.deepEqual(await everythingIn(own.url), before);
    });
  }
});

test('Every name that the functions in the database use beside a table is refused for tables', async () => {
  const { rows } = await pool.query<{ names: string[] | null; source: string }>(
    "SELECT proargnames AS names, prosrc AS source FROM pg_proc WHERE proname LIKE 'eventstore%'",
  );
  assert.ok(rows.length >= 3);
  const columns = await pool.query<{ name: string }>(
    "SELECT attname AS name FROM pg_attribute WHERE attrelid = 'events'::regclass",
  );
  const used = new Set([
    ...columns.rows.map(({ name }) => name),
    ...rows.flatMap(({ names, source }) => [...(names ?? []), ...variablesIn(source), ...queriesIn(source)]),
  ]);
  // The two stores above show that this one does no harm.
  used.delete('event');
  const free = [...used].filter((name) => !isRefused(name));
  assert.deepEqual(free, [], 'add these to takenNames in server/eventstore/postgres/table-names.ts');
});

test('A name that PostgreSQL keeps for itself is refused, and so is one whose record is that of the usual tables', () => {
  for (const name of ['pg_class', 'pg_events', 'schema']) {
    assert.throws(() => tableNames({ events: name }), {
      name: InvalidOptionError.name,
      field: 'tables.events',
      advice: 'The name is used for something else; choose another one.',
    });
  }
});

test('Names that are none are refused before anything is asked of the database', async () => {
  for (const name of ['', 'Order', 'x"; DROP TABLE events; --', "x'; --", 'a.b', 'x'.repeat(41), 'a\0']) {
    for (const field of ['events', 'snapshots']) {
      const options = { primary: 'postgres://127.0.0.1:1/nothing-listens', tables: { [field]: name } };
      await assert.rejects(migrateEventStore(options), {
        name: InvalidOptionError.name,
        field: `tables.${field}`,
        message: `The store's table for ${field} cannot be named ${JSON.stringify(name)}.`,
      });
    }
  }
});

function variablesIn(source: string): string[] {
  const declared = /\bDECLARE\b(.*?)\bBEGIN\b/s.exec(source)?.[1] ?? '';
  return [...declared.matchAll(/^ +(\w+) (?:CONSTANT )?[\w[\]]+(?: :=.*)?;?$/gm)].map(
    ([, name = '']) => name,
  );
}

function queriesIn(source: string): string[] {
  return [...source.matchAll(/(\w+) AS (?:MATERIALIZED )?\(\s*(?:SELECT|INSERT)/g)].map(
    ([, name = '']) => name,
  );
}

function isRefused(name: string): boolean {
  try {
    tableNames({ events: name });
    return false;
  } catch (error) {
    assert.ok(error instanceof InvalidOptionError);
    return true;
  }
}

function storeAt(index: number): EventStore {
  const store = stores[index];
  assert.ok(store);
  return store;
}

async function untilSomebodyWaits(): Promise<void> {
  const waits = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'order'::regclass";
  while ((await pool.query(waits)).rowCount === 0);
}

/** Every table, index, sequence, type and function that is not PostgreSQL's own. */
async function everythingIn(url: string): Promise<unknown[]> {
  return query(
    url,
    `SELECT relname AS name, relkind::text AS kind FROM pg_class WHERE relnamespace = 'public'::regnamespace
     UNION ALL SELECT typname, 'type' FROM pg_type WHERE typnamespace = 'public'::regnamespace
     UNION ALL SELECT proname, 'function' FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2`,
  );
}
