import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { countEvents } from '../../server/eventstore/postgres/count-events.ts';
import { importEvents } from '../../server/eventstore/postgres/import-events.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { StorableEvent } from '../../server/eventstore/storable-event.ts';
import { event, postgresFixture } from '../contract/event-store-fixture.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
const ofBook = (id: string) => buildEventFilter().matching().anyPredicateOf(p('BookID', id)).finalize();

function* batchesOf(count: number, size: number): Generator<StorableEvent[]> {
  for (let start = 0; start < count; start += size) {
    yield Array.from({ length: Math.min(size, count - start) }, (_, n) =>
      event('Added', { BookID: `b${start + n}` }),
    );
  }
}

describe('a bulk load', () => {
  for (const [title, isEmpty] of [
    ['into an empty store', true],
    ['beside events that are there', false],
  ] as const) {
    it(`${title} stores all in their order, tells its progress, and leaves every index in place`, async () => {
      await using fixture = await postgresFixture();
      if (!isEmpty) await importEvents(fixture.pool, [[event('First')]]);
      const indexes = async () =>
        (await fixture.pool.query("SELECT indexdef FROM pg_indexes WHERE tablename = 'events' ORDER BY 1"))
          .rows;
      const before = await indexes();
      const progress: number[] = [];
      const onProgress = (imported: number) => progress.push(imported);
      assert.equal(await importEvents(fixture.pool, batchesOf(25, 10), { onProgress }), 25);
      assert.deepEqual(progress, [0, 10, 20, 25]);
      const { events } = await fixture.store.query(anyEvent);
      const books = events.map(({ payload }) => JSON.parse(payload).BookID).filter(Boolean);
      assert.deepEqual(
        books,
        Array.from({ length: 25 }, (_, n) => `b${n}`),
      );
      assert.equal((await fixture.store.query(ofBook('b7'))).events.length, 1);
      assert.deepEqual(await indexes(), before);
    });
  }

  it('takes batches that come over time', async () => {
    await using fixture = await postgresFixture();
    async function* slowly() {
      yield* batchesOf(3, 1);
    }
    assert.equal(await importEvents(fixture.pool, slowly()), 3);
  });

  it('stores none when one event is refused, or when the batches end in a fault', async () => {
    await using fixture = await postgresFixture();
    const bad = { ...event('Added'), payload: '[]' };
    await assert.rejects(importEvents(fixture.pool, [[event('Added')], [bad], [event('Added')]]), {
      code: 'invalid_event',
    });
    const broken = new Error('no more');
    function* breaking() {
      yield [event('Added')];
      throw broken;
    }
    await assert.rejects(importEvents(fixture.pool, breaking()), (error) => error === broken);
    assert.deepEqual((await fixture.store.query(anyEvent)).events, []);
    assert.equal(await importEvents(fixture.pool, batchesOf(5, 5)), 5);
  });

  it('keeps every character of hostile texts, and times to the millisecond from 4713 BC on', async () => {
    await using fixture = await postgresFixture();
    const texts = [
      'a\tb\nc\rd',
      '\\',
      '\\N',
      '\\.',
      '"',
      "'; DROP TABLE events --",
      '😀 ünïcode',
      '\u2028',
      ' ',
      '',
    ];
    const times = [-(2 ** 47), -1, 0, 1, 2 ** 31, 1_755_000_000_123, 2e15].map((ms) => new Date(ms));
    const hostile = texts.map((text, n) =>
      event(`Type ${text}`, { [text]: text, BookID: `b${n}` }, times[n % times.length]),
    );
    for (const options of [{}, { alone: { events: 10 } }]) {
      await fixture.pool.query('DELETE FROM events');
      await importEvents(fixture.pool, [hostile], options);
      const { events } = await fixture.store.query(anyEvent);
      assert.deepEqual(
        events.map(({ sequenceNumber: _, ...stored }) => stored),
        hostile.map((each) => ({ ...each })),
      );
    }
  });

  const good = { ...event('Added') };
  for (const [what, bad, field] of [
    ['a payload that is not JSON', { ...good, payload: 'no' }, 'events.12.payload'],
    ['metadata that are no object', { ...good, metadata: '[]' }, 'events.12.metadata'],
    ['an escaped NUL character', { ...good, payload: '{"a":"\\u0000"}' }, 'events.12.payload'],
    ['half a character', { ...good, metadata: '{"a":"\ud800"}' }, 'events.12.metadata'],
    ['a NUL character in the type', { ...good, eventType: 'A\0' }, 'events.12.eventType'],
    ['a time that is none', { ...good, occurredAt: new Date(Number.NaN) }, 'events.12.occurredAt'],
    ['no event', null, 'events.12'],
  ] as const) {
    it(`refuses ${what}, with its place among all, and stores none`, async () => {
      await using fixture = await postgresFixture();
      const batches = [...batchesOf(10, 5), [good, good, bad as StorableEvent]];
      await assert.rejects(importEvents(fixture.pool, batches), { code: 'invalid_event', field });
      assert.deepEqual((await fixture.store.query(anyEvent)).events, []);
    });
  }

  it('that is trusted leaves the JSON to the database, which names the place as well', async () => {
    await using fixture = await postgresFixture();
    const bad = { ...good, payload: '{"a":1' };
    for (const alone of [undefined, { events: 13 }]) {
      const batches = [...batchesOf(10, 5), [good, good, bad]];
      const options = { jsonValidation: 'trusted', ...(alone && { alone }) } as const;
      await assert.rejects(importEvents(fixture.pool, batches, options), {
        code: 'invalid_event',
        field: 'events.12',
      });
    }
  });

  it('refuses a number of events that there cannot be', async () => {
    await using fixture = await postgresFixture();
    await assert.rejects(importEvents(fixture.pool, [], { alone: { events: Number.NaN } }), {
      code: 'invalid_option',
      field: 'alone.events',
    });
  });

  it('stores none when it is aborted between two batches', async () => {
    await using fixture = await postgresFixture();
    const aborter = new AbortController();
    function* aborting() {
      yield [event('Added')];
      aborter.abort('enough');
      yield [event('Added')];
    }
    await assert.rejects(importEvents(fixture.pool, aborting(), { signal: aborter.signal }), {
      code: 'operation_canceled',
      cause: 'enough',
    });
    assert.deepEqual((await fixture.store.query(anyEvent)).events, []);
  });

  it('does not wait for a long read before it fills an empty store', async () => {
    await using fixture = await postgresFixture();
    const reader = await fixture.pool.connect();
    await reader.query('BEGIN; SELECT count(*) FROM events');
    assert.equal(await importEvents(fixture.pool, batchesOf(5, 5)), 5);
    await reader.query('COMMIT');
    reader.release();
    assert.equal((await fixture.store.query(ofBook('b4'))).events.length, 1);
  });
});

describe('counting events', () => {
  it('is exact while there are few', async () => {
    await using fixture = await postgresFixture();
    assert.equal(await countEvents(fixture.pool), 0);
    await importEvents(fixture.pool, batchesOf(1234, 1000));
    await assert.rejects(fixture.store.append(anyEvent, '' as never, [event('X')]));
    assert.equal(await countEvents(fixture.pool), 1234);
  });
});
