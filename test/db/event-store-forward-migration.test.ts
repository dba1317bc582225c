import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition, type Position } from '../../server/eventstore/event-store.ts';
import { migrateEventStore } from '../../server/eventstore/postgres/migrate-event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { positionText, storeLife } from '../../server/eventstore/postgres/position.ts';
import { migrationsFolder, schemaChanges } from '../../server/eventstore/postgres/schema-changes.ts';
import { tableNames } from '../../server/eventstore/postgres/table-names.ts';
import { event } from '../contract/event-store-fixture.ts';
import { openTransaction } from './support/open-transaction.ts';
import { query } from './support/query.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { type TestDatabase, testDatabase } from './support/test-database.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
const ofType = (type: string) => buildEventFilter().matching().anyEventTypeOf(type).finalize();

test('A store of the first version keeps its data, and its readers go on where they were', async () => {
  await using database = await storeOfFirstVersion();
  await appendAsFirstVersion(database.url, ['A', 'B', 'A']);
  const seenThree = await positionNow(database.url);
  await appendAsFirstVersion(database.url, ['B']);
  const before = await query(database.url, stored);

  assert.deepEqual(await migrateEventStore({ primary: database.url }), schemaChanges.slice(1));
  assert.deepEqual(await query(database.url, stored), before);
  assert.deepEqual(await query(database.url, 'SELECT DISTINCT sequence_floor FROM events'), [
    { sequence_floor: '4' },
  ]);

  await using writing = await openTransaction(database.url);
  await writing.store.append(ofType('Under way'), emptyPosition, [event('Under way')]);
  const store = await openPostgresEventStore({ primary: database.url });
  const all = await store.query(anyEvent);
  assert.equal(all.events.length, 4);
  assert.equal(all.maxSequenceNumber, 4, 'everything is settled, although an append is under way');
  await writing.rollback();
  const rest = await store.query(
    buildEventFilter().matchingAnyEvent().reopenForSequenceFiltering().withSequenceNumberHigherThan(3),
  );
  assert.deepEqual(
    rest.events.map(({ sequenceNumber }) => sequenceNumber),
    [4],
  );
  await assert.rejects(store.append(ofType('B'), seenThree, [event('B')]), { code: 'concurrency_conflict' });
  const appended = await store.append(ofType('A'), seenThree, [event('A')]);
  assert.equal(appended.maxSequenceNumber, 6);
  await store.close();
});

test('An append of the first version that is under way when the migration begins is in the store afterwards', async () => {
  await using database = await storeOfFirstVersion();
  const client = await openConnection(database.url);
  await client.query('BEGIN');
  await client.query(appendSql, appendValues(['A', 'A']));
  const migration = migrateEventStore({ primary: database.url });
  while ((await query(database.url, waiting)).length === 0);
  await client.query('COMMIT');
  await client.end();
  await migration;
  assert.deepEqual(await query(database.url, 'SELECT sequence_number, sequence_floor FROM events'), [
    { sequence_number: '1', sequence_floor: '2' },
    { sequence_number: '2', sequence_floor: '2' },
  ]);
});

test('A program of the first version that goes on after the migration gets an error and stores nothing', async () => {
  await using database = await storeOfFirstVersion();
  await appendAsFirstVersion(database.url, ['A']);
  await migrateEventStore({ primary: database.url });
  await assert.rejects(appendAsFirstVersion(database.url, ['A']), { code: '42883' });
  await assert.rejects(query(database.url, 'SELECT eventstore_import()'), { code: '42883' });
  assert.equal((await query(database.url, 'SELECT FROM events')).length, 1);
});

test('A position in the form of the first version decides nothing: the reader is told to read again', async () => {
  await using database = await storeOfFirstVersion();
  await migrateEventStore({ primary: database.url });
  const store = await openPostgresEventStore({ primary: database.url });
  await assert.rejects(store.append(ofType('A'), '755:755:' as Position, [event('A')]), {
    code: 'invalid_option',
    field: 'position',
  });
  await store.append(ofType('A'), emptyPosition, [event('A')]);
  await store.close();
});

test('Of programs that migrate a store with data at once one does, and all find it migrated', async () => {
  await using database = await storeOfFirstVersion();
  await appendAsFirstVersion(database.url, ['A']);
  // The level under which a program that waited would not see what the one before it did.
  await query(
    database.url,
    `ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET default_transaction_isolation = 'repeatable read'`,
  );
  const results = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const applied = await migrateEventStore({ primary: database.url });
      const store = await openPostgresEventStore({ primary: database.url });
      assert.equal((await store.query(anyEvent)).events.length, 1);
      await store.close();
      return applied;
    }),
  );
  assert.deepEqual(results.flat(), schemaChanges.slice(1));
  assert.deepEqual(await migrateEventStore({ primary: database.url }), []);
});

test('A pool that migrates gets its connection back as it was', async () => {
  await using database = await testDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 1 });
  const state =
    "SELECT pg_backend_pid() AS pid, current_setting('search_path') AS path, now() = statement_timestamp() AS alone";
  const before = (await pool.query(state)).rows;
  await migrateEventStore({ primary: pool });
  assert.deepEqual((await pool.query(state)).rows, before);
  assert.equal(pool.idleCount, 1);
  await pool.end();
});

const stored =
  'SELECT sequence_number, event_type, occurred_at, payload::text, metadata::text, transaction_id FROM events';
const waiting = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'events'::regclass";

async function storeOfFirstVersion(): Promise<TestDatabase> {
  const database = await testDatabase();
  await using folder = await temporaryDirectory();
  const [first] = schemaChanges;
  await copyFile(path.join(migrationsFolder(), `${first}.sql`), path.join(folder.path, `${first}.sql`));
  assert.deepEqual(await migrateEventStore({ primary: database.url, directory: folder.path }), [first]);
  return database;
}

// As the first version called it: boundary, position, types, times, payloads, metadata.
const appendSql = 'SELECT * FROM eventstore_append($1, $2, $3, $4, $5, $6)';

function appendValues(types: readonly string[]): unknown[] {
  const texts = types.map(() => '{"BookID":"b1"}');
  return ['{"items":[{"types":["Never"]}]}', '', types, types.map(() => 1_755_000_000_000), texts, texts];
}

async function appendAsFirstVersion(url: string, types: readonly string[]): Promise<void> {
  const client = await openConnection(url);
  try {
    await client.query(appendSql, appendValues(types));
  } finally {
    await client.end();
  }
}

/** What a reader would have now. */
async function positionNow(url: string): Promise<Position> {
  const client = await openConnection(url);
  try {
    const { rows } = await client.query<{ life: string; seen: string }>(
      `SELECT ${storeLife(tableNames())} AS life, pg_current_snapshot()::text AS seen`,
    );
    return positionText(rows[0]?.life ?? '', rows[0]?.seen ?? '');
  } finally {
    await client.end();
  }
}

async function openConnection(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}
