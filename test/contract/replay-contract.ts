import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import type { StoredEvent } from '../../server/eventstore/storable-event.ts';
import { anyEvent, ofBook, ofType } from './boundaries.ts';
import { collect, event, type StoreFixture } from './event-store-fixture.ts';

/** What a replay gives beside a query: batches, one point in time, and an end when the caller wants it. */
export function replayContract(engine: string, open: () => Promise<StoreFixture>): void {
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
}
