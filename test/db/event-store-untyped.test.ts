import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { migrateEventStore } from '../../server/eventstore/postgres/migrate-event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { createOperationRecorder } from '../../server/handling/recording/operation-recorder.ts';
import { systemClock } from '../../server/lib/clock.ts';
import { type TestDatabase, testDatabase } from './support/test-database.ts';

let database: TestDatabase;

before(async () => {
  database = await testDatabase();
  await migrateEventStore({ primary: database.url });
});

after(() => database[Symbol.asyncDispose]());

// What a program without types may give.
const nonsense: readonly never[] = [undefined, null, 'BookAdded', {}, buildEventFilter()] as never[];

test('What is no filter is refused by every operation with a sentence, with and without instrumentation', async () => {
  const observing = { instrumentation: { recorder: createOperationRecorder(systemClock) } };
  for (const more of [{}, observing]) {
    const store = await openPostgresEventStore({ primary: database.url, ...more });
    const refused = {
      name: 'InvalidFilterError',
      code: 'invalid_filter',
      field: 'filter',
      message: /needs a filter/,
    };
    for (const filter of nonsense) {
      await assert.rejects(store.query(filter), refused);
      await assert.rejects(store.append(filter, emptyPosition, []), refused);
      await assert.rejects(store.loadSnapshot('Books', filter), refused);
      await assert.rejects(store.deleteSnapshot('Books', filter), refused);
      assert.throws(() => store.replay(filter), refused);
    }
    await store.close();
  }
});

test('What is no database is refused by opening and by migrating, with the option named', async () => {
  for (const primary of [undefined, null, 5, {}] as never[]) {
    const refused = { name: 'InvalidOptionError', field: 'primary', message: /`primary` says no database/ };
    await assert.rejects(migrateEventStore({ primary }), refused);
    await assert.rejects(openPostgresEventStore({ primary }), refused);
    if (primary === undefined) continue;
    const replica = { ...refused, field: 'replica', message: /`replica` says no database/ };
    await assert.rejects(openPostgresEventStore({ primary: database.url, replica: primary }), replica);
  }
});

test('An append of no events asks the database nothing and gives its position back', async () => {
  const store = await openPostgresEventStore({ primary: database.url });
  const filter = buildEventFilter().matching().anyEventTypeOf('BookAdded').finalize();
  const { position } = await store.query(filter);
  assert.equal((await store.append(filter, position, [])).position, position);
  await store.close();
});
