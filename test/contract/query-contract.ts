import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import { anyEvent, ofBook, ofType } from './boundaries.ts';
import { event, type StoreFixture } from './event-store-fixture.ts';

/** Which events a query gives, and how. */
export function queryContract(engine: string, open: () => Promise<StoreFixture>): void {
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
}

const day = (n: number) => new Date(Date.UTC(2025, 0, n));

const sampleEvents = [
  event('Added', { n: 1, BookID: 'b1' }, day(1)),
  event('Lent', { n: 2, BookID: 'b1', ReaderID: 'r1' }, day(2)),
  event('Lent', { n: 3, BookID: 'b2', ReaderID: 'r1' }, day(3)),
  event('Returned', { n: 4, BookID: 'b2', ReaderID: 'r2' }, day(4)),
  event('Closed', { n: 5 }, day(5)),
];
