import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type pg from 'pg';
import { ConcurrencyConflictError } from '../../server/eventstore/errors.ts';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { importEvents } from '../../server/eventstore/postgres/import-events.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { StorableEvent, StoredEvent } from '../../server/eventstore/storable-event.ts';
import { event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { gate } from './support/gate.ts';

const writers = 32;
/** For calls that would wait forever if what the test shows did not hold. */
const inTime = { timeoutMs: 30_000 };
const ofBook = (id: string) => buildEventFilter().matching().anyPredicateOf(p('BookID', id)).finalize();
const ofReader = (id: string) => buildEventFilter().matching().anyPredicateOf(p('ReaderID', id)).finalize();

let fixture: PostgresFixture;
before(async () => {
  fixture = await postgresFixture({ connections: writers, appendsAtOnce: writers });
  await openAllConnections(fixture.pool);
});
after(() => fixture[Symbol.asyncDispose]());

describe(`${writers} writers that decided on the same read`, () => {
  const boundaries: readonly [title: string, filter: (round: number) => EventFilter][] = [
    ['one predicate', (round) => ofBook(`race-${round}`)],
    [
      'types and any of two predicates',
      (round) =>
        buildEventFilter()
          .matching()
          .anyEventTypeOf('Raced', 'Other')
          .andAnyPredicateOf(p('BookID', `any-${round}`), p('ReaderID', `any-${round}`))
          .finalize(),
    ],
    [
      'all of two predicates',
      (round) =>
        buildEventFilter()
          .matching()
          .allPredicatesOf(p('BookID', `all-${round}`), p('ReaderID', `all-${round}`))
          .finalize(),
    ],
    ['a type alone', (round) => buildEventFilter().matching().anyEventTypeOf(`Raced${round}`).finalize()],
    ['any event', () => buildEventFilter().matchingAnyEvent()],
  ];
  for (const [title, filterOf] of boundaries) {
    it(`have exactly one winner each round when they guard ${title}`, async () => {
      for (let round = 0; round < 10; round++) {
        const filter = filterOf(round);
        const { position } = await fixture.store.query(filter);
        const outcomes = await Promise.allSettled(
          Array.from({ length: writers }, () =>
            fixture.store.append(filter, position, [matchingEvent(filter)]),
          ),
        );
        assert.equal(winnersOf(outcomes), 1, `round ${round}`);
      }
    });
  }

  it('have exactly one winner when batches of very different sizes meet', async () => {
    for (let round = 0; round < 3; round++) {
      const filter = ofBook(`batch-${round}`);
      const { position } = await fixture.store.query(filter);
      const appends = [1, 5, 1000, 1, 200, 5, 1000, 1].map((size) =>
        fixture.store.append(filter, position, batchOf(`batch-${round}`, size)),
      );
      assert.equal(winnersOf(await Promise.allSettled(appends)), 1, `round ${round}`);
    }
  });
});

describe('two boundaries that one event touches', () => {
  it('let only one of two appends through that were decided on the same state', async () => {
    for (let round = 0; round < 50; round++) {
      const [book, reader] = [ofBook(`both-${round}`), ofReader(`both-${round}`)];
      const lent = () => event('Lent', { BookID: `both-${round}`, ReaderID: `both-${round}` });
      const reads = await Promise.all([fixture.store.query(book), fixture.store.query(reader)]);
      const outcomes = await Promise.allSettled([
        fixture.store.append(book, reads[0].position, [lent()]),
        fixture.store.append(reader, reads[1].position, [lent()]),
      ]);
      assert.equal(winnersOf(outcomes), 1, `round ${round}`);
    }
  });
});

describe('while an append is held open after its insert', () => {
  const bookOrReader = buildEventFilter()
    .matching()
    .anyPredicateOf(p('BookID', 'late'))
    .orMatching()
    .anyPredicateOf(p('ReaderID', 'late'))
    .finalize();

  it('a read that saw a higher number but not the lower one cannot decide an append', async () => {
    await using held = await holdAppend(ofReader('late'), event('Held', { ReaderID: 'late' }));
    await fixture.store.append(ofBook('late'), emptyPosition, [event('Added', { BookID: 'late' })], inTime);
    const read = await fixture.store.query(bookOrReader);
    assert.deepEqual(typesOf(read.events), ['Added']);
    await held.letGo();
    const numbers = (await fixture.store.query(bookOrReader)).events.map((found) => found.eventType);
    assert.deepEqual(numbers, ['Held', 'Added'], 'the late event has the lower number');
    await assert.rejects(
      fixture.store.append(bookOrReader, read.position, [event('X')]),
      ConcurrencyConflictError,
    );
  });

  it('appends with disjoint boundaries go through', async () => {
    await using _held = await holdAppend(ofBook('held'), event('Held', { BookID: 'held' }));
    await fixture.store.append(ofBook('free'), emptyPosition, [event('Added', { BookID: 'free' })], {
      timeoutMs: 5000,
    });
    await fixture.store.append(
      buildEventFilter().matching().anyEventTypeOf('Unrelated').finalize(),
      emptyPosition,
      [event('Added', { BookID: 'free' })],
      inTime,
    );
  });

  it('reads do not wait', async () => {
    await using _held = await holdAppend(ofBook('unread'), event('Held', { BookID: 'unread' }));
    assert.deepEqual((await fixture.store.query(ofBook('unread'), inTime)).events, []);
  });

  it('an append that meets it waits, and then sees its event', async () => {
    const filter = ofBook('met');
    const { position } = await fixture.store.query(filter);
    await using held = await holdAppend(filter, event('Held', { BookID: 'met' }));
    const meeting = assert.rejects(
      fixture.store.append(filter, position, [event('X')]),
      ConcurrencyConflictError,
    );
    await waitForWaiters(2);
    await held.letGo();
    await meeting;
  });
});

describe('a bulk load', () => {
  it('is seen by appends that were decided before it', async () => {
    const { position } = await fixture.store.query(ofBook('loaded'));
    await importEvents(fixture.pool, [[event('Added', { BookID: 'loaded' })]]);
    await assert.rejects(
      fixture.store.append(ofBook('loaded'), position, [event('X')]),
      ConcurrencyConflictError,
    );
  });

  it('waits for an append that is under way, and is not seen half', async () => {
    await using held = await holdAppend(ofBook('load'), event('Held', { BookID: 'load' }));
    const batches = Array.from({ length: 3 }, () => [event('Added', { BookID: 'load' })]);
    const loading = importEvents(fixture.pool, batches);
    await waitForWaiters(2);
    assert.deepEqual((await fixture.store.query(ofBook('load'))).events, []);
    await held.letGo();
    assert.equal(await loading, 3);
    assert.equal((await fixture.store.query(ofBook('load'))).events.length, 4);
  });
});

function winnersOf(outcomes: readonly PromiseSettledResult<unknown>[]): number {
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected')
      assert.ok(outcome.reason instanceof ConcurrencyConflictError, outcome.reason);
  }
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
}

function matchingEvent({ items }: EventFilter): StorableEvent {
  const { eventTypes = [], predicates = [] } = items[0] ?? {};
  return event(
    eventTypes[0] ?? 'Raced',
    Object.fromEntries(predicates.map(({ key, value }) => [key, value])),
  );
}

function batchOf(book: string, size: number): StorableEvent[] {
  return Array.from({ length: size }, (_, n) => event('Batched', { BookID: book, Line: `${book}/${n}` }));
}

function typesOf(events: readonly StoredEvent[]): string[] {
  return events.map(({ eventType }) => eventType);
}

interface HeldAppend extends AsyncDisposable {
  letGo(): Promise<void>;
}

/** Starts an append of a `Held` event and resolves when it has inserted and waits at a gate before its commit. */
async function holdAppend(filter: EventFilter, held: StorableEvent): Promise<HeldAppend> {
  const closed = await gate(fixture.url, { eventType: 'Held', place: 'after insert' });
  const { position } = await fixture.store.query(filter);
  const append = fixture.store.append(filter, position, [held]);
  await closed.reached();
  const letGo = async () => {
    await closed.open();
    await append;
  };
  return { letGo, [Symbol.asyncDispose]: letGo };
}

async function waitForWaiters(count: number): Promise<void> {
  const deadline = performance.now() + inTime.timeoutMs;
  let waiting = 0;
  do {
    assert.ok(performance.now() < deadline, `${waiting} transactions wait, not ${count}`);
    const { rows } = await fixture.pool.query<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM pg_locks JOIN pg_database ON pg_database.oid = database
       WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`,
    );
    waiting = rows[0]?.waiting ?? 0;
  } while (waiting < count);
}

/** So that the first round of a race is one: later rounds find the connections open. */
async function openAllConnections(pool: pg.Pool): Promise<void> {
  const clients = await Promise.all(Array.from({ length: writers }, () => pool.connect()));
  for (const client of clients) client.release();
}
