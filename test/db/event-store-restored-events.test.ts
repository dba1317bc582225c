import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RestoredEventsError } from '../../server/eventstore/errors.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { migrateEventStore } from '../../server/eventstore/postgres/migrate-event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { schemaChanges } from '../../server/eventstore/postgres/schema-changes.ts';
import type { TableNames } from '../../server/eventstore/postgres/table-names.ts';
import { event } from '../contract/event-store-fixture.ts';
import { openTransaction } from './support/open-transaction.ts';
import { query } from './support/query.ts';
import { type TestDatabase, testDatabase } from './support/test-database.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();

for (const events of ['events', 'order']) {
  const tables = { events, snapshots: `${events}_snapshots` };

  test(`Events restored from another cluster into ${events} are told of at open and when migrating, with the repair`, async () => {
    await using database = await restored(events);
    const options = { primary: database.url, tables };
    const names = `--events-table ${events} --snapshots-table ${events}_snapshots`;
    const expected = {
      name: RestoredEventsError.name,
      code: 'restored_events',
      message: /^The events in test_\w+ were restored from another database cluster/,
      advice:
        `While no program works with the event store: Run "npx eventstore-profiler migrate --database-url <url> ${names} --adopt"` +
        ', or call migrateEventStore({ primary, tables, adoptRestoredEvents: true }). Positions from the other cluster are void.',
    };
    await assert.rejects(openPostgresEventStore(options), expected);
    await assert.rejects(migrateEventStore(options), expected);
  });

  test(`Adopted events of ${events} are read and guarded like others, and readers go on at once`, async () => {
    await using database = await restored(events);
    const options = { primary: database.url, tables };
    const said: string[] = [];
    assert.deepEqual(
      await migrateEventStore({ ...options, adoptRestoredEvents: true, log: (line) => said.push(line) }),
      [],
    );
    assert.deepEqual(said, ['Adopted 3 restored events']);
    await using underWay = await appendUnderWay({ url: database.url, tables });
    const store = await openPostgresEventStore(options);
    const read = await store.query(anyEvent);
    assert.deepEqual(
      read.events.map(({ eventType, sequenceNumber }) => [eventType, sequenceNumber]),
      [
        ['Own', 1],
        ['Restored', 11],
        ['Restored', 12],
        ['Restored', 13],
      ],
    );
    assert.equal(read.maxSequenceNumber, 13, 'all are settled, although an append is under way');
    await underWay.rollback();
    await assert.rejects(store.append(anyEvent, emptyPosition, [event('A')]), {
      code: 'concurrency_conflict',
    });
    // The dump did not bring the sequence: numbers go on above what is there.
    const { maxSequenceNumber } = await store.append(anyEvent, read.position, [event('A')]);
    assert.equal(maxSequenceNumber, 15);
    await store.close();
  });
}

test('Adopting leaves the events of this cluster as they are: a position from before one of them still does not cover it', async () => {
  await using database = await testDatabase();
  await migrateEventStore({ primary: database.url });
  const store = await openPostgresEventStore({ primary: database.url });
  const { position } = await store.query(anyEvent);
  await store.append(anyEvent, position, [event('Own')]);
  await query(database.url, restoreSql('events'));
  await migrateEventStore({ primary: database.url, adoptRestoredEvents: true });
  await assert.rejects(store.append(anyEvent, position, [event('Late')]), { code: 'concurrency_conflict' });
  await store.close();
});

test('Adopting where nothing was restored changes nothing', async () => {
  await using database = await testDatabase();
  const options = { primary: database.url, adoptRestoredEvents: true };
  assert.deepEqual(await migrateEventStore(options), schemaChanges);
  const store = await openPostgresEventStore({ primary: database.url });
  assert.equal((await store.append(anyEvent, emptyPosition, [event('A')])).maxSequenceNumber, 1);
  const before = await query(database.url, 'SELECT ctid, * FROM events');
  assert.deepEqual(await migrateEventStore(options), []);
  assert.deepEqual(await query(database.url, 'SELECT ctid, * FROM events'), before);
  await store.close();
});

/** A store with one event of this cluster, and three that a dump of the data of another one brought. */
async function restored(events: string): Promise<TestDatabase> {
  const database = await testDatabase();
  const options = { primary: database.url, tables: { events, snapshots: `${events}_snapshots` } };
  await migrateEventStore(options);
  const store = await openPostgresEventStore(options);
  await store.append(anyEvent, emptyPosition, [event('Own')]);
  await store.close();
  await query(database.url, restoreSql(events));
  return database;
}

/** One that has taken its numbers and not ended. */
async function appendUnderWay({ url, tables }: { url: string; tables: Partial<TableNames> }) {
  const transaction = await openTransaction(url, tables);
  const other = buildEventFilter().matching().anyEventTypeOf('Other').finalize();
  await transaction.store.append(other, emptyPosition, [event('Other')]);
  return transaction;
}

/** As `pg_restore --data-only` does it; the other cluster was four billion transactions ahead. */
function restoreSql(events: string): string {
  return `
    INSERT INTO "${events}" (sequence_number, event_type, occurred_at, payload, metadata, transaction_id, sequence_floor)
    OVERRIDING SYSTEM VALUE
    SELECT number, 'Restored', now(), '{}', '{}', (4000000000 + number)::text::xid8, number - 1
    FROM generate_series(11, 13) AS number`;
}
