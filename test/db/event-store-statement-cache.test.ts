import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { SafeSequenceNumber } from '../../server/eventstore/storable-event.ts';
import { collect, event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';

/** Each number of items is a shape of its own: T0, T1 … with k = x. */
function shaped(items: number): EventFilter {
  const predicate = p('k', 'x');
  let builder = buildEventFilter().matching().anyEventTypeOf('T0').andAnyPredicateOf(predicate);
  for (let n = 1; n < items; n++) {
    builder = builder.orMatching().anyEventTypeOf(`T${n}`).andAnyPredicateOf(predicate);
  }
  return builder.finalize();
}

const preparedOn = async ({ pool }: PostgresFixture, kind = 'select'): Promise<number> => {
  const sql = `SELECT count(*)::int AS count FROM pg_prepared_statements WHERE name LIKE 'eventstore_${kind}_%'`;
  return (await pool.query<{ count: number }>(sql)).rows[0]?.count ?? 0;
};

it('The store tells how often the text of a filter’s shape was there, queries and replays alike', async () => {
  await using fixture = await postgresFixture();
  const { store } = fixture;
  assert.deepEqual(store.statementCache(), { hits: 0, misses: 0, size: 0, capacity: 50 });
  for (let round = 0; round < 4; round++) {
    for (const shape of [1, 2, 3]) await store.query(shaped(shape));
    await collect(store.replay(shaped(4)));
  }
  assert.deepEqual(store.statementCache(), { hits: 12, misses: 4, size: 4, capacity: 50 });
});

it('Ever new shapes do not fill the server with prepared statements, and all are answered', async () => {
  await using fixture = await postgresFixture({ connections: 1 });
  await fixture.store.append(shaped(1), emptyPosition, [event('T0', { k: 'x' }), event('T5', { k: 'x' })]);
  const store = await openPostgresEventStore({ primary: fixture.pool, statementCacheSize: 5 });
  for (let items = 1; items <= 60; items++) {
    for (let times = 0; times < 3; times++) {
      assert.equal((await store.query(shaped(items))).events.length, items > 5 ? 2 : 1);
    }
  }
  assert.equal(await preparedOn(fixture), 10);
  assert.deepEqual(store.statementCache(), { hits: 120, misses: 60, size: 5, capacity: 5 });
});

it('A shape that comes once is not prepared, and without a cache none is', async () => {
  await using fixture = await postgresFixture({ connections: 1 });
  await fixture.store.query(shaped(1));
  const without = await openPostgresEventStore({ primary: fixture.pool, statementCacheSize: 0 });
  for (let times = 0; times < 3; times++) await without.query(shaped(1));
  assert.equal(await preparedOn(fixture), 0);
  await fixture.store.query(shaped(1));
  assert.equal(await preparedOn(fixture), 1);
});

it('Snapshots are saved and loaded by one prepared statement each, however many there are', async () => {
  await using fixture = await postgresFixture({ connections: 1 });
  for (const projectionType of ['P', 'Q', 'R']) {
    const snapshot = { projectionType, filter: shaped(1), sequenceNumber: 1 as SafeSequenceNumber };
    await fixture.store.saveSnapshot({ ...snapshot, data: '{}' });
    assert.ok(await fixture.store.loadSnapshot(projectionType, shaped(1)));
  }
  assert.equal(await preparedOn(fixture, 'snapshot'), 2);
});

it('A cache of an impossible size is refused before anything is connected', async () => {
  await assert.rejects(
    openPostgresEventStore({ primary: 'postgres://nobody@localhost:1/none', statementCacheSize: -1 }),
    { code: 'invalid_option', field: 'statementCacheSize' },
  );
});
