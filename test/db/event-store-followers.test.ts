import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { importEvents } from '../../server/eventstore/postgres/import-events.ts';
import { p } from '../../server/eventstore/predicate.ts';
import { event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import {
  assertComplete,
  byQueries,
  byReplays,
  follow,
  numbersOf,
  type Read,
  type Reading,
  taken,
} from './support/following.ts';
import { openTransaction } from './support/open-transaction.ts';
import { ofWriters, slowAppendsDown, startWriters, type Writing, writers } from './support/slow-writers.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
const ofTypes = buildEventFilter().matching().anyEventTypeOf('Written0', 'Written1').finalize();

describe(`beside ${writers} writers that commit with random delays, a reader that goes on from the number of each read`, () => {
  for (const [title, filter] of [
    ['of all events', anyEvent],
    ['of some types', ofTypes],
    ['of a few writers', ofWriters(3, 5, 8)],
  ] as const) {
    it(`gets each ${title} once and in order if it takes those up to the number`, async () => {
      await using fixture = await slowFixture();
      const { readings, stored } = await followWriters(fixture, { filter });
      assert.deepEqual(numbersOf(taken(readings)), numbersOf(stored));
    });
  }

  it('has all in the end if it takes whatever it is given and knows events by their number', async () => {
    await using fixture = await slowFixture();
    const { readings, stored } = await followWriters(fixture);
    const known = new Map(
      readings.flatMap(({ given }) => given.map((found) => [found.sequenceNumber, found])),
    );
    assert.deepEqual(
      [...known.values()].sort((a, b) => a.sequenceNumber - b.sequenceNumber),
      stored,
    );
  });

  it('gets each event once and in order from replays, too', async () => {
    await using fixture = await slowFixture();
    const batches: Reading[] = [];
    const read = byReplays(fixture.store, (reading) => batches.push(reading));
    const { readings, stored } = await followWriters(fixture, { read });
    assert.deepEqual(numbersOf(taken(readings)), numbersOf(stored));
    assertComplete(batches, stored);
  });

  it('misses none while appends fail after their insert, are cut off, or refused', async () => {
    await using fixture = await slowFixture();
    const { readings, stored } = await followWriters(fixture, { writing: { failing: 0.4 } });
    assert.deepEqual(numbersOf(taken(readings)), numbersOf(stored));
  });

  it('misses none while bulk loads come in', async () => {
    await using fixture = await slowFixture();
    const loads = async () => {
      for (let load = 0; load < 10; load++) await importEvents(fixture.pool, [loaded(3), loaded(2)]);
    };
    const [{ readings }] = await Promise.all([followWriters(fixture), loads(), loads()]);
    const { events } = await fixture.store.query(anyEvent);
    assertComplete(readings, events);
    assert.equal(events.filter(({ eventType }) => eventType === 'Loaded').length, 100);
  });

  it('misses none beside transactions that took their id early and append late', async () => {
    await using fixture = await slowFixture();
    const early = async () => {
      for (let round = 0; round < 10; round++) await appendLateInTransaction(fixture);
    };
    const [{ readings }] = await Promise.all([followWriters(fixture), early(), early(), early()]);
    assertComplete(readings, (await fixture.store.query(anyEvent)).events);
  });
});

interface Following {
  readonly filter?: EventFilter;
  readonly read?: Read;
  readonly writing?: Partial<Writing>;
}

/** What a reader got beside the writers, and what it should have got. */
async function followWriters(fixture: PostgresFixture, { filter = anyEvent, read, writing }: Following = {}) {
  const { store } = fixture;
  const work = startWriters(store, { seed: 216, appendsEach: 12, ...writing });
  const readings = await follow(filter, read ?? byQueries(store), work);
  await work.ended;
  const { events: stored } = await store.query(filter);
  assert.ok(readings.length > 3, `only ${readings.length} reads beside the writers`);
  assert.ok(stored.length >= 12, `only ${stored.length} events were stored`);
  assertComplete(readings, stored);
  return { readings, stored };
}

async function slowFixture(): Promise<PostgresFixture> {
  // More than there are writers, so that nobody waits for a connection.
  const fixture = await postgresFixture({ connections: writers + 8, appendsAtOnce: writers });
  await slowAppendsDown(fixture.pool);
  return fixture;
}

function loaded(count: number) {
  return Array.from({ length: count }, (_, n) => event('Loaded', { n }));
}

/** A lower transaction id than those that append meanwhile, and a higher number. */
async function appendLateInTransaction({ url, store }: PostgresFixture): Promise<void> {
  await using transaction = await openTransaction(url);
  await transaction.query('SELECT pg_current_xact_id()');
  await store.query(anyEvent);
  const name = randomUUID();
  const filter = buildEventFilter().matching().anyPredicateOf(p('Name', name)).finalize();
  await transaction.store.append(filter, emptyPosition, [event('Late', { Name: name })]);
  await store.query(anyEvent);
  await transaction.commit();
}
