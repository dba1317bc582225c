import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConcurrencyConflictError } from '../../server/eventstore/errors.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { anyEvent, ofBook, ofReader, ofType } from './boundaries.ts';
import { event, type StoreFixture } from './event-store-fixture.ts';

const isConflict = { code: 'concurrency_conflict', name: ConcurrencyConflictError.name };

/** What an append stores, and what it refuses, one caller at a time. */
export function appendContract(engine: string, open: () => Promise<StoreFixture>): void {
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
}
