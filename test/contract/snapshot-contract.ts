import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OperationCanceledError } from '../../server/eventstore/errors.ts';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import type { EventStore } from '../../server/eventstore/event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { SnapshotToSave } from '../../server/eventstore/snapshot.ts';
import type { SafeSequenceNumber } from '../../server/eventstore/storable-event.ts';
import type { StoreFixture } from './event-store-fixture.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
const ofBook = (id: string) => buildEventFilter().matching().anyPredicateOf(p('BookID', id)).finalize();

/** What every engine must do with snapshots, one caller at a time. */
export function snapshotContract(engine: string, open: () => Promise<StoreFixture>): void {
  describe(`saving and loading snapshots of ${engine}`, () => {
    it('gives back what was saved, and text exactly as it was', async () => {
      await using fixture = await open();
      const data = ' {"b": 1.50, "a":"\\u00e4", "b": 1e2,\n\t"書籍": [null, "😀", "\\ud83d\\ude00"]} ';
      const before = Date.now();
      await fixture.store.saveSnapshot(snapshot(7, { data }));
      const { createdAt, mark, ...loaded } =
        (await fixture.store.loadSnapshot('Books', anyEvent)) ?? assert.fail();
      assert.deepEqual(loaded, {
        projectionType: 'Books',
        filterHash: anyEvent.hash(),
        sequenceNumber: 7,
        data,
      });
      assert.equal(typeof mark, 'string');
      // The database rounds to a millisecond.
      assert.ok(createdAt.getTime() >= before - 1 && createdAt.getTime() <= Date.now() + 1, `${createdAt}`);
    });

    for (const data of ['null', '0', '"text"', '[]', 'true']) {
      it(`takes any JSON as a state: ${data}`, async () => {
        await using fixture = await open();
        await fixture.store.saveSnapshot(snapshot(1, { data }));
        assert.equal(await dataOf(fixture.store), data);
      });
    }

    it('gives nothing when nothing was saved', async () => {
      await using fixture = await open();
      assert.equal(await fixture.store.loadSnapshot('Books', anyEvent), undefined);
    });

    it('can hold the state before the first event', async () => {
      await using fixture = await open();
      await fixture.store.saveSnapshot(snapshot(0));
      assert.equal((await fixture.store.loadSnapshot('Books', anyEvent))?.sequenceNumber, 0);
    });

    it('replaces a snapshot by one of a higher number', async () => {
      await using fixture = await open();
      await fixture.store.saveSnapshot(snapshot(9));
      await fixture.store.saveSnapshot(snapshot(10));
      assert.equal(await dataOf(fixture.store), '{"upTo":10}');
      assert.equal((await fixture.store.loadSnapshot('Books', anyEvent))?.sequenceNumber, 10);
    });

    it('keeps a snapshot when one of a lower number comes later, without a fault', async () => {
      await using fixture = await open();
      await fixture.store.saveSnapshot(snapshot(10));
      const saved = await fixture.store.loadSnapshot('Books', anyEvent);
      await fixture.store.saveSnapshot(snapshot(9));
      assert.deepEqual(await fixture.store.loadSnapshot('Books', anyEvent), saved);
    });

    it('replaces a snapshot that is of no use by one of a lower number', async () => {
      await using fixture = await open();
      const { store } = fixture;
      await store.saveSnapshot(snapshot(10));
      const { mark } = (await store.loadSnapshot('Books', anyEvent)) ?? assert.fail();
      await store.saveSnapshot({ ...snapshot(5), replaces: mark });
      assert.equal(await dataOf(store), '{"upTo":5}');
    });

    it('keeps one that took the place of the one that was of no use', async () => {
      await using fixture = await open();
      const { store } = fixture;
      await store.saveSnapshot(snapshot(10));
      const { mark } = (await store.loadSnapshot('Books', anyEvent)) ?? assert.fail();
      await store.saveSnapshot({ ...snapshot(8), replaces: mark });
      await store.saveSnapshot({ ...snapshot(7), replaces: mark });
      assert.equal(await dataOf(store), '{"upTo":8}');
      await store.deleteSnapshot('Books', anyEvent);
      await store.saveSnapshot({ ...snapshot(3), replaces: mark });
      assert.equal(await dataOf(store), '{"upTo":3}');
    });

    it('replaces a snapshot by one of the same number', async () => {
      await using fixture = await open();
      await fixture.store.saveSnapshot(snapshot(10));
      await fixture.store.saveSnapshot(snapshot(10, { data: '"anew"' }));
      assert.equal(await dataOf(fixture.store), '"anew"');
    });

    it('keeps those of different filters and projection types apart', async () => {
      await using fixture = await open();
      const { store } = fixture;
      const kinds = [
        { projectionType: 'Books', filter: anyEvent },
        { projectionType: 'Books', filter: ofBook('b1') },
        { projectionType: 'Books', filter: ofBook('b2') },
        { projectionType: 'books', filter: ofBook('b1') },
        { projectionType: 'Books ', filter: ofBook('b1') },
      ];
      for (const [index, kind] of kinds.entries()) {
        await store.saveSnapshot(snapshot(10 - index, { ...kind, data: String(index) }));
      }
      for (const [index, { projectionType, filter }] of kinds.entries()) {
        const loaded = await store.loadSnapshot(projectionType, filter);
        assert.equal(loaded?.data, String(index));
        assert.equal(loaded.sequenceNumber, 10 - index);
        assert.equal(loaded.filterHash, filter.hash());
      }
    });

    it('does not mind in which order a filter names the same things', async () => {
      await using fixture = await open();
      const named = (...[first, ...others]: [string, ...string[]]) =>
        buildEventFilter()
          .matching()
          .anyEventTypeOf(first, ...others)
          .finalize();
      await fixture.store.saveSnapshot(snapshot(1, { filter: named('A', 'B') }));
      assert.equal(await dataOf(fixture.store, named('B', 'A')), '{"upTo":1}');
    });

    it('does not mind the sequence bound of a filter', async () => {
      await using fixture = await open();
      const { store } = fixture;
      await store.saveSnapshot(snapshot(10, { filter: above(10, ofBook('b1')) }));
      assert.equal(await dataOf(store, ofBook('b1')), '{"upTo":10}');
      assert.equal(await dataOf(store, above(99, ofBook('b1'))), '{"upTo":10}');
      await store.saveSnapshot(snapshot(11, { filter: ofBook('b1') }));
      assert.equal(await dataOf(store, above(10, ofBook('b1'))), '{"upTo":11}');
      await store.deleteSnapshot('Books', above(5, ofBook('b1')));
      assert.equal(await store.loadSnapshot('Books', ofBook('b1')), undefined);
    });
  });

  describe(`deleting snapshots of ${engine}`, () => {
    it('removes the one that is named, and no other', async () => {
      await using fixture = await open();
      const { store } = fixture;
      await store.saveSnapshot(snapshot(1));
      await store.saveSnapshot(snapshot(2, { filter: ofBook('b1') }));
      await store.saveSnapshot(snapshot(3, { projectionType: 'Readers' }));
      await store.deleteSnapshot('Books', anyEvent);
      assert.equal(await store.loadSnapshot('Books', anyEvent), undefined);
      assert.equal(await dataOf(store, ofBook('b1')), '{"upTo":2}');
      assert.equal((await store.loadSnapshot('Readers', anyEvent))?.sequenceNumber, 3);
    });

    it('is no fault when there is none', async () => {
      await using fixture = await open();
      await fixture.store.deleteSnapshot('Books', anyEvent);
      await fixture.store.deleteSnapshot('Books', anyEvent);
    });

    it('makes room for one of a lower number', async () => {
      await using fixture = await open();
      await fixture.store.saveSnapshot(snapshot(10));
      await fixture.store.deleteSnapshot('Books', anyEvent);
      await fixture.store.saveSnapshot(snapshot(3));
      assert.equal(await dataOf(fixture.store), '{"upTo":3}');
    });
  });

  describe(`the inventory of the snapshots of ${engine}`, () => {
    it('tells of each what it is of, how far, when it was saved and how large it is, the last saved first', async () => {
      await using fixture = await open();
      const { store } = fixture;
      await store.saveSnapshot(snapshot(1));
      await store.saveSnapshot(snapshot(2, { filter: ofBook('b1') }));
      await store.saveSnapshot(snapshot(3));
      const all = await store.listSnapshots();
      assert.deepEqual(
        all.map(({ projectionType, filterHash, sequenceNumber }) => [
          projectionType,
          filterHash,
          sequenceNumber,
        ]),
        [
          ['Books', anyEvent.hash(), 3],
          ['Books', ofBook('b1').hash(), 2],
        ],
      );
      for (const { bytes, createdAt } of all) assert.ok(bytes > 0 && createdAt <= new Date(Date.now() + 1));
      const ofThatBook = await store.listSnapshots({ filter: above(7, ofBook('b1')) });
      assert.deepEqual(
        ofThatBook.map(({ sequenceNumber }) => sequenceNumber),
        [2],
      );
    });

    it('is cleaned up by age and by count', async () => {
      await using fixture = await open();
      const { store } = fixture;
      for (let number = 1; number <= 5; number += 1) {
        await store.saveSnapshot(snapshot(number, { filter: ofBook(`b${number}`) }));
      }
      const left = async () => (await store.listSnapshots()).map(({ sequenceNumber }) => sequenceNumber);
      assert.equal(await store.deleteSnapshots({ olderThanMs: 60_000 }), 0);
      assert.equal(await store.deleteSnapshots({ keepNewest: 3, olderThanMs: 60_000 }), 2);
      assert.deepEqual(await left(), [5, 4, 3]);
      assert.equal(await store.deleteSnapshots({ keepNewest: 7 }), 0);
      assert.equal(await store.deleteSnapshots({ olderThanMs: 0 }), 3);
      assert.deepEqual(await left(), []);
    });

    for (const which of [{}, { olderThanMs: -1 }, { keepNewest: 1.5 }]) {
      it(`is not cleaned up by ${JSON.stringify(which)}`, async () => {
        await using fixture = await open();
        await fixture.store.saveSnapshot(snapshot(1));
        await assert.rejects(fixture.store.deleteSnapshots(which), { code: 'invalid_option' });
        assert.equal((await fixture.store.listSnapshots()).length, 1);
      });
    }
  });

  describe(`calling snapshots of ${engine} with an aborted signal`, () => {
    it('does nothing', async () => {
      await using fixture = await open();
      const { store } = fixture;
      const options = { signal: AbortSignal.abort(new Error('not needed any more')) };
      const isCanceled = (error: unknown) =>
        error instanceof OperationCanceledError && error.cause === options.signal.reason;
      await store.saveSnapshot(snapshot(1));
      await assert.rejects(store.saveSnapshot(snapshot(2), options), isCanceled);
      await assert.rejects(store.loadSnapshot('Books', anyEvent, options), isCanceled);
      await assert.rejects(store.deleteSnapshot('Books', anyEvent, options), isCanceled);
      await assert.rejects(store.listSnapshots(options), isCanceled);
      await assert.rejects(store.deleteSnapshots({ keepNewest: 0 }, options), isCanceled);
      assert.equal(await dataOf(store), '{"upTo":1}');
    });
  });
}

function snapshot(upTo: number, other: Partial<SnapshotToSave> = {}): SnapshotToSave {
  const sequenceNumber = upTo as SafeSequenceNumber;
  return {
    projectionType: 'Books',
    filter: anyEvent,
    sequenceNumber,
    data: JSON.stringify({ upTo }),
    ...other,
  };
}

function above(bound: number, filter: EventFilter): EventFilter {
  return filter.reopenForSequenceFiltering().withSequenceNumberHigherThan(bound);
}

async function dataOf(store: EventStore, filter = anyEvent): Promise<string | undefined> {
  return (await store.loadSnapshot('Books', filter))?.data;
}
