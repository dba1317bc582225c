import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import { type AtLeastOne, buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type EventStore, emptyPosition, type Position } from '../../server/eventstore/event-store.ts';
import { importEvents } from '../../server/eventstore/postgres/import-events.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { StorableEvent } from '../../server/eventstore/storable-event.ts';
import { createRandom } from '../../server/lib/random.ts';
import { collect, event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { query } from './support/query.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
const ofBook = (id: string) => buildEventFilter().matching().anyPredicateOf(p('BookID', id)).finalize();

let fixture: PostgresFixture;
before(async () => {
  fixture = await postgresFixture();
});
after(() => fixture[Symbol.asyncDispose]());

const operations: readonly [name: string, start: (store: EventStore) => Promise<unknown>][] = [
  ['a query', (store) => store.query(anyEvent)],
  ['a replay', (store) => collect(store.replay(anyEvent))],
  ['an append', (store) => store.append(ofBook('limit'), emptyPosition, [event('A', { BookID: 'limit' })])],
  ['loading a snapshot', (store) => store.loadSnapshot('Limits', anyEvent)],
];

describe('a pool without a free connection', () => {
  for (const [name, start] of operations) {
    it(`tells ${name} that the pool is at its end, and serves it later`, async () => {
      const pool = new pg.Pool({ connectionString: fixture.url, max: 1, connectionTimeoutMillis: 500 });
      const store = await openPostgresEventStore({ primary: pool });
      const taken = await pool.connect();
      await assert.rejects(start(store), {
        code: 'event_store_unavailable',
        message: "The event store's database failed: timeout exceeded when trying to connect",
        advice:
          'All connections of the pool are in use: raise its `max`, or keep replays and transactions shorter.',
      });
      taken.release();
      await store.query(anyEvent);
      assert.deepEqual([pool.waitingCount, pool.idleCount], [0, 1]);
      await pool.end();
      assert.deepEqual((await fixture.store.query(ofBook('limit'))).events, []);
    });
  }

  it('that was ended too early says so', async () => {
    const pool = new pg.Pool({ connectionString: fixture.url });
    const store = await openPostgresEventStore({ primary: pool });
    await pool.end();
    await assert.rejects(store.query(anyEvent), {
      code: 'event_store_unavailable',
      advice: 'End the pool after the last use of the event store.',
    });
  });
});

describe('a server without a free connection', () => {
  it('is told as such', async () => {
    const role = `limited_${randomBytes(6).toString('hex')}`;
    await query(fixture.url, `CREATE ROLE ${role} LOGIN PASSWORD '${role}' CONNECTION LIMIT 0`);
    try {
      const url = new URL(fixture.url);
      url.username = role;
      url.password = role;
      await assert.rejects(openPostgresEventStore({ primary: url.href }), {
        code: 'event_store_unavailable',
        advice: 'The database lacks connections, memory or disk space: free some or raise its limits.',
      });
    } finally {
      await query(fixture.url, `DROP ROLE ${role}`);
    }
  });
});

describe('a statement_timeout of the database', () => {
  for (const [name, start] of operations) {
    it(`ends ${name} with a sentence, and the next one works`, async () => {
      const pool = new pg.Pool({ connectionString: fixture.url, max: 1, statement_timeout: 50 });
      const store = await openPostgresEventStore({ primary: pool });
      const blocker = new pg.Client({ connectionString: fixture.url });
      await blocker.connect();
      await blocker.query('BEGIN; LOCK TABLE events, snapshots IN ACCESS EXCLUSIVE MODE');
      await assert.rejects(start(store), {
        code: 'query_timeout',
        message: 'The event store did not answer within the time allowed.',
        advice: 'Allow more time, or narrow the filter.',
      });
      await blocker.query('ROLLBACK');
      await blocker.end();
      assert.deepEqual((await store.query(ofBook('limit'))).events, []);
      assert.deepEqual([pool.waitingCount, pool.idleCount], [0, pool.totalCount]);
      await pool.end();
    });
  }
});

describe('a very large filter', () => {
  const many = 10_000;
  const predicates = listOf(many, (n) => p(`Field${n}`, `v${n}`));
  const everyField = Object.fromEntries(predicates.map(({ key, value }) => [key, value]));
  const nested = () => {
    let complete = buildEventFilter().matching().anyPredicateOf(p('Item', 'i0'));
    let item: Pick<typeof complete, 'orMatching' | 'finalize'> = complete;
    for (let n = 1; n < 500; n++) {
      complete = item.orMatching().allPredicatesOf(p('Item', `i${n}`), p('Other', `o${n}`));
      item = complete;
    }
    return item.finalize();
  };
  const filters: readonly [what: string, filter: EventFilter, matching: object, near: object][] = [
    [
      '10,000 predicates of which one must hold',
      buildEventFilter()
        .matching()
        .anyPredicateOf(...predicates)
        .finalize(),
      { Field9999: 'v9999' },
      { Field9999: 'v9998' },
    ],
    [
      '10,000 predicates that must all hold',
      buildEventFilter()
        .matching()
        .allPredicatesOf(...predicates)
        .finalize(),
      everyField,
      { ...everyField, Field5000: 'other' },
    ],
    ['500 items', nested(), { Item: 'i499', Other: 'o499' }, { Item: 'i499', Other: 'o498' }],
  ];
  for (const [what, filter, matching, near] of filters) {
    it(`of ${what} reads, replays and guards`, { timeout: 60_000 }, () =>
      assertHolds(filter, event('Large', matching), event('Large', near)),
    );
  }

  it('of 10,000 event types reads, replays and guards', { timeout: 60_000 }, () => {
    const filter = buildEventFilter()
      .matching()
      .anyEventTypeOf(...listOf(many, (n) => `Type${n}`))
      .finalize();
    return assertHolds(filter, event('Type9999'), event('Type10000'));
  });
});

describe('dates', () => {
  const [first, last] = [Date.UTC(-4712, 0, 1), Date.UTC(70_000, 0, 1)];
  const random = createRandom(20_250_820);
  const times = Array.from({ length: 300 }, () => first + Math.round(random.fraction() * (last - first)));
  for (let n = 1; n <= 300; n++) times.push(last - Math.round(random.fraction() * 1e9), last - n);
  times.push(first, first + 1, -1, 0, 1, last - 1, last, Date.UTC(2025, 7, 20, 10, 0, 0, 123));

  for (const [how, store] of [
    ['appended', (filter, events) => fixture.store.append(filter, emptyPosition, events)],
    ['imported', (_, events) => importEvents(fixture.pool, [events])],
  ] satisfies [string, (filter: EventFilter, events: readonly StorableEvent[]) => Promise<unknown>][]) {
    it(`from 4713 BC to the year 70,000 that were ${how} come back to the millisecond, and bounds meet them`, () =>
      assertExact(`Dated and ${how}`, store));
  }

  async function assertExact(
    eventType: string,
    store: (filter: EventFilter, events: readonly StorableEvent[]) => Promise<unknown>,
  ): Promise<void> {
    const type = buildEventFilter().matching().anyEventTypeOf(eventType);
    const filter = type.finalize();
    await store(
      filter,
      times.map((time) => event(eventType, {}, new Date(time))),
    );
    const { events } = await fixture.store.query(filter);
    assert.deepEqual(
      events.map(({ occurredAt }) => occurredAt.getTime()),
      times,
    );
    const within = async (from: number, until: number) =>
      (
        await fixture.store.query(
          type.occurredFrom(new Date(from)).andOccurredUntil(new Date(until)).finalize(),
        )
      ).events.length;
    await Promise.all(
      [...times.slice(0, 40), ...times.slice(-40)].map(async (time) => {
        const same = times.filter((other) => other === time).length;
        assert.equal(await within(time, time), same, new Date(time).toISOString());
      }),
    );
    assert.equal(await within(first, last), times.length);
    assert.equal(await within(0, 0), 1);
  }
});

describe('a batch that is larger than one append can carry', () => {
  it('is refused as such, and nothing of it is stored', { timeout: 60_000 }, async () => {
    const large = event('Huge', { BookID: 'huge', text: 'x'.repeat(16_000_000) });
    const append = fixture.store.append(
      ofBook('huge'),
      emptyPosition,
      Array.from({ length: 40 }, () => large),
    );
    await assert.rejects(append, {
      code: 'invalid_event',
      message: /^The 40 events have 640\d+ characters; one append carries 33554432\.$/,
      advice: 'Append fewer of them at once, or import them in batches.',
      field: 'events',
    });
    assert.deepEqual((await fixture.store.query(ofBook('huge'))).events, []);
  });
});

/** An event that matches is found and conflicts; one that nearly matches does neither. */
async function assertHolds(
  filter: EventFilter,
  matching: ReturnType<typeof event>,
  near: ReturnType<typeof event>,
): Promise<void> {
  const elsewhere = buildEventFilter().matching().anyEventTypeOf('Elsewhere').finalize();
  await fixture.pool.query('TRUNCATE events');
  const append = (position: Position) => fixture.store.append(filter, position, [event('Decided')]);
  const { position } = await fixture.store.query(filter);
  await fixture.store.append(elsewhere, emptyPosition, [near]);
  await append(position);
  await fixture.store.append(elsewhere, emptyPosition, [matching]);
  await assert.rejects(append(position), { code: 'concurrency_conflict' });
  const { events } = await fixture.store.query(filter);
  assert.deepEqual(
    events.map(({ payload, eventType }) => ({ payload, eventType })),
    [{ payload: matching.payload, eventType: matching.eventType }],
  );
  assert.deepEqual((await collect(fixture.store.replay(filter))).flat(), events);
}

function listOf<T>(length: number, make: (n: number) => T): AtLeastOne<T> {
  return [make(0), ...Array.from({ length: length - 1 }, (_, n) => make(n + 1))];
}
