import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConcurrencyConflictError, OperationCanceledError } from '../../server/eventstore/errors.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { StoredEvent } from '../../server/eventstore/storable-event.ts';
import { collect, event, type StoreFixture } from './event-store-fixture.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
const ofBook = (id: string) => buildEventFilter().matching().anyPredicateOf(p('BookID', id)).finalize();
const ofReader = (id: string) => buildEventFilter().matching().anyPredicateOf(p('ReaderID', id)).finalize();
const ofType = (type: string) => buildEventFilter().matching().anyEventTypeOf(type).finalize();
const isConflict = { code: 'concurrency_conflict', name: ConcurrencyConflictError.name };

/** What every engine must do, one caller at a time. Concurrency has tests of its own. */
export function eventStoreContract(engine: string, open: () => Promise<StoreFixture>): void {
  describe(`querying ${engine}`, () => {
    it('gives back what was stored, in order, and text exactly as it was', async () => {
      await using fixture = await open();
      const first = {
        ...event('A'),
        payload: '{"b": 1.50, "a": "\\u00e4", "n": {"x": [1, null]}}',
        metadata: '{ "m": 1 }',
      };
      const second = event('B', { BookID: 'b1' }, new Date('1969-07-20T20:17:40.123Z'));
      const appended = await fixture.store.append(anyEvent, emptyPosition, [first, second]);
      const { events, maxSequenceNumber } = await fixture.store.query(anyEvent);
      assert.deepEqual(
        events.map(({ sequenceNumber, ...rest }) => rest),
        [first, second],
      );
      assert.ok((events[0]?.sequenceNumber ?? 0) < (events[1]?.sequenceNumber ?? 0));
      assert.equal(maxSequenceNumber, events[1]?.sequenceNumber);
      assert.equal(appended.maxSequenceNumber, maxSequenceNumber);
    });

    it('gives nothing and the number 0 when nothing matches', async () => {
      await using fixture = await open();
      const { events, maxSequenceNumber } = await fixture.store.query(ofBook('b1'));
      assert.deepEqual(events, []);
      assert.equal(maxSequenceNumber, 0);
    });

    it('matches types, predicates and bounds as the filter says', async () => {
      await using fixture = await open();
      await fixture.store.append(anyEvent, emptyPosition, sampleEvents);
      const read = async (filter: typeof anyEvent) =>
        (await fixture.store.query(filter)).events.map((found) => JSON.parse(found.payload).n);
      const both = [p('BookID', 'b1'), p('ReaderID', 'r1')] as const;
      assert.deepEqual(await read(anyEvent), [1, 2, 3, 4, 5]);
      assert.deepEqual(await read(ofType('Lent')), [2, 3]);
      assert.deepEqual(
        await read(buildEventFilter().matching().anyEventTypeOf('Added', 'Lent').finalize()),
        [1, 2, 3],
      );
      assert.deepEqual(await read(ofBook('b1')), [1, 2]);
      assert.deepEqual(
        await read(
          buildEventFilter()
            .matching()
            .anyPredicateOf(...both)
            .finalize(),
        ),
        [1, 2, 3],
      );
      assert.deepEqual(
        await read(
          buildEventFilter()
            .matching()
            .allPredicatesOf(...both)
            .finalize(),
        ),
        [2],
      );
      assert.deepEqual(
        await read(
          buildEventFilter()
            .matching()
            .anyEventTypeOf('Lent')
            .andAnyPredicateOf(p('BookID', 'b1'))
            .finalize(),
        ),
        [2],
      );
      assert.deepEqual(
        await read(
          buildEventFilter()
            .matching()
            .anyEventTypeOf('Added')
            .orMatching()
            .anyPredicateOf(p('ReaderID', 'r1'))
            .finalize(),
        ),
        [1, 2, 3],
      );
      assert.deepEqual(
        await read(
          buildEventFilter().matching().allPredicatesOf(p('BookID', 'b1'), p('BookID', 'b2')).finalize(),
        ),
        [],
      );
      assert.deepEqual(
        await read(buildEventFilter().occurredFrom(day(2)).andOccurredUntil(day(3)).finalize()),
        [2, 3],
      );
      assert.deepEqual(await read(buildEventFilter().occurredUntil(day(1)).finalize()), [1]);
      assert.deepEqual(
        await read(buildEventFilter().matching().anyEventTypeOf('Lent').occurredFrom(day(3)).finalize()),
        [3],
      );
    });

    it('matches only text fields on the top level', async () => {
      await using fixture = await open();
      const near = [
        { BookID: 1 },
        { BookID: ['1'] },
        { BookID: null },
        { in: { BookID: '1' } },
        { bookid: '1' },
        { BookID: '1 ' },
      ];
      await fixture.store.append(
        anyEvent,
        emptyPosition,
        near.map((payload) => event('A', payload)),
      );
      assert.deepEqual((await fixture.store.query(ofBook('1'))).events, []);
    });

    it('reads on from a number', async () => {
      await using fixture = await open();
      await fixture.store.append(anyEvent, emptyPosition, sampleEvents);
      const { events } = await fixture.store.query(anyEvent);
      const after = events[2]?.sequenceNumber ?? 0;
      const filter = anyEvent.reopenForSequenceFiltering().withSequenceNumberHigherThan(after);
      assert.deepEqual((await fixture.store.query(filter)).events, events.slice(3));
    });
  });

  describe(`appending to ${engine}`, () => {
    it('succeeds with the position of a query as long as nothing new matches', async () => {
      await using fixture = await open();
      const { position } = await fixture.store.query(ofBook('b1'));
      await fixture.store.append(ofBook('b2'), emptyPosition, [event('Added', { BookID: 'b2' })]);
      await fixture.store.append(ofBook('b1'), position, [event('Added', { BookID: 'b1' })]);
      assert.equal((await fixture.store.query(anyEvent)).events.length, 2);
    });

    it('is refused when a matching event was stored since, and stores nothing then', async () => {
      await using fixture = await open();
      const { position } = await fixture.store.query(ofBook('b1'));
      await fixture.store.append(ofBook('b1'), position, [event('Added', { BookID: 'b1' })]);
      await assert.rejects(
        fixture.store.append(ofBook('b1'), position, [event('X'), event('Y')]),
        isConflict,
      );
      assert.equal((await fixture.store.query(anyEvent)).events.length, 1);
    });

    it('is refused by an event that another boundary stored', async () => {
      await using fixture = await open();
      const { position } = await fixture.store.query(ofReader('r1'));
      await fixture.store.append(ofBook('b1'), emptyPosition, [
        event('Lent', { BookID: 'b1', ReaderID: 'r1' }),
      ]);
      await assert.rejects(fixture.store.append(ofReader('r1'), position, [event('X')]), isConflict);
    });

    for (const [title, filter] of [
      ['types alone', ofType('Added')],
      ['any event', anyEvent],
    ] as const) {
      it(`guards boundaries of ${title}`, async () => {
        await using fixture = await open();
        const { position } = await fixture.store.query(filter);
        await fixture.store.append(ofBook('b1'), emptyPosition, [event('Added', { BookID: 'b1' })]);
        await assert.rejects(fixture.store.append(filter, position, [event('Added')]), isConflict);
      });
    }

    it('goes on with the position that an append gave', async () => {
      await using fixture = await open();
      let { position } = await fixture.store.query(ofBook('b1'));
      for (const type of ['Added', 'Lent', 'Returned']) {
        ({ position } = await fixture.store.append(ofBook('b1'), position, [event(type, { BookID: 'b1' })]));
      }
      assert.equal((await fixture.store.query(ofBook('b1'))).events.length, 3);
    });

    it('keeps a position valid as text', async () => {
      await using fixture = await open();
      const { position } = await fixture.store.query(ofBook('b1'));
      const copy = JSON.parse(JSON.stringify({ position })).position;
      await fixture.store.append(ofBook('b1'), copy, [event('Added', { BookID: 'b1' })]);
      await assert.rejects(
        fixture.store.append(ofBook('b1'), copy, [event('Added', { BookID: 'b1' })]),
        isConflict,
      );
    });

    it('demands an empty boundary with the empty position', async () => {
      await using fixture = await open();
      await fixture.store.append(ofBook('b1'), emptyPosition, [event('Added', { BookID: 'b1' })]);
      await assert.rejects(fixture.store.append(ofBook('b1'), emptyPosition, [event('X')]), isConflict);
      await assert.rejects(fixture.store.append(ofType('Added'), emptyPosition, [event('X')]), isConflict);
      await assert.rejects(fixture.store.append(anyEvent, emptyPosition, [event('X')]), isConflict);
      await fixture.store.append(ofType('Lent'), emptyPosition, [event('X')]);
    });

    it('of no events changes nothing, whatever happened meanwhile', async () => {
      await using fixture = await open();
      const { position } = await fixture.store.query(anyEvent);
      await fixture.store.append(anyEvent, position, [event('A')]);
      const result = await fixture.store.append(anyEvent, position, []);
      assert.deepEqual(result, { maxSequenceNumber: 0, position });
      assert.equal((await fixture.store.query(anyEvent)).events.length, 1);
    });

    for (const size of [5, 1000]) {
      it(`stores ${size} events together, in their order`, async () => {
        await using fixture = await open();
        const events = Array.from({ length: size }, (_, n) => event('A', { n, Text: `t${n}` }));
        const { maxSequenceNumber } = await fixture.store.append(ofType('A'), emptyPosition, events);
        const read = await fixture.store.query(ofType('A'));
        assert.deepEqual(
          read.events.map(({ payload }) => payload),
          events.map(({ payload }) => payload),
        );
        assert.equal(read.maxSequenceNumber, maxSequenceNumber);
      });
    }
  });

  describe(`replaying ${engine}`, () => {
    it('gives what a query gives, in batches', async () => {
      await using fixture = await open();
      const events = Array.from({ length: 25 }, (_, n) => event(n % 5 === 0 ? 'B' : 'A', { n }));
      await fixture.store.append(anyEvent, emptyPosition, events);
      const batches = await collect(fixture.store.replay(ofType('A'), { batchSize: 8 }));
      assert.deepEqual(
        batches.map((batch) => batch.length),
        [8, 8, 4],
      );
      assert.deepEqual(batches.flat(), (await fixture.store.query(ofType('A'))).events);
    });

    it('gives no batch when nothing matches', async () => {
      await using fixture = await open();
      assert.deepEqual(await collect(fixture.store.replay(anyEvent)), []);
    });

    it('comes from one point in time, whatever is appended meanwhile', async () => {
      await using fixture = await open();
      const { store } = fixture;
      await store.append(
        anyEvent,
        emptyPosition,
        Array.from({ length: 10 }, (_, n) => event('A', { n })),
      );
      const read: StoredEvent[] = [];
      for await (const batch of store.replay(anyEvent, { batchSize: 3 })) {
        read.push(...batch);
        await store.append(ofBook('new'), emptyPosition, [event('A')]);
      }
      assert.equal(read.length, 10);
    });

    it('can be left early', async () => {
      await using fixture = await open();
      await fixture.store.append(
        anyEvent,
        emptyPosition,
        Array.from({ length: 10 }, () => event('A')),
      );
      for await (const batch of fixture.store.replay(anyEvent, { batchSize: 3 })) {
        assert.equal(batch.length, 3);
        break;
      }
      assert.equal((await fixture.store.query(anyEvent)).events.length, 10);
    });

    it('ends when it is aborted between two batches', async () => {
      await using fixture = await open();
      await fixture.store.append(
        anyEvent,
        emptyPosition,
        Array.from({ length: 10 }, () => event('A')),
      );
      const aborter = new AbortController();
      const replay = fixture.store.replay(anyEvent, { batchSize: 3, signal: aborter.signal });
      await assert.rejects(
        async () => {
          for await (const batch of replay) aborter.abort(new Error(`enough after ${batch.length}`));
        },
        { code: 'operation_canceled' },
      );
    });
  });

  describe(`calling ${engine} with an aborted signal`, () => {
    it('does nothing', async () => {
      await using fixture = await open();
      const { store } = fixture;
      const options = { signal: AbortSignal.abort(new Error('not needed any more')) };
      const isCanceled = (error: unknown) =>
        error instanceof OperationCanceledError && error.cause === options.signal.reason;
      await assert.rejects(store.query(anyEvent, options), isCanceled);
      await assert.rejects(store.append(anyEvent, emptyPosition, [event('A')], options), isCanceled);
      await assert.rejects(collect(store.replay(anyEvent, options)), isCanceled);
      assert.deepEqual((await store.query(anyEvent)).events, []);
    });
  });
}

const day = (n: number) => new Date(Date.UTC(2025, 0, n));

const sampleEvents = [
  event('Added', { n: 1, BookID: 'b1' }, day(1)),
  event('Lent', { n: 2, BookID: 'b1', ReaderID: 'r1' }, day(2)),
  event('Lent', { n: 3, BookID: 'b2', ReaderID: 'r1' }, day(3)),
  event('Returned', { n: 4, BookID: 'b2', ReaderID: 'r2' }, day(4)),
  event('Closed', { n: 5 }, day(5)),
];
