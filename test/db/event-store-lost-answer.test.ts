import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type CallOptions, type EventStore, emptyPosition } from '../../server/eventstore/event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import { event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { unavailable, unknownOutcome } from './support/loss-faults.ts';
import { type DatabaseProxy, databaseProxy } from './support/proxy.ts';
import { storeBehind } from './support/store-behind.ts';
import { becomesWhole } from './support/until.ts';

const ofBook = (id: string) => buildEventFilter().matching().anyPredicateOf(p('BookID', id)).finalize();

let fixture: PostgresFixture;
let proxy: DatabaseProxy;
let pool: pg.Pool;
let store: EventStore;
before(async () => {
  fixture = await postgresFixture();
  proxy = await databaseProxy(fixture.url);
  ({ pool, store } = await storeBehind(proxy));
});
after(async () => {
  await pool.end();
  await proxy[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});
beforeEach(() => proxy.restore(fixture.url));

describe('a server whose answer to a commit never comes', () => {
  const endings: readonly [
    how: string,
    options: (aborter: AbortController) => CallOptions,
    end: (aborter: AbortController) => void,
  ][] = [
    ['the connection breaks', () => ({}), () => proxy.cut()],
    ['the caller’s time is over', () => ({ timeoutMs: 300 }), () => undefined],
    ['the caller gives up', ({ signal }) => ({ signal }), (aborter) => aborter.abort('enough')],
  ];
  for (const [index, [how, options, end]] of endings.entries()) {
    it(`has stored the events, and the caller is told to look, when ${how}`, async () => {
      const filter = ofBook(`answer-${index}`);
      const { position } = await store.query(filter);
      const aborter = new AbortController();
      proxy.holdAnswers();
      const append = assert.rejects(
        store.append(filter, position, [event('Added', { BookID: `answer-${index}` })], options(aborter)),
        unknownOutcome,
      );
      await proxy.answerHeld();
      end(aborter);
      await append;
      proxy.cut();
      proxy.restore();
      assert.equal((await store.query(filter)).events.length, 1, 'the following query tells the truth');
      // Whoever tries again without looking is not let through.
      await assert.rejects(store.append(filter, position, [event('Added')]), {
        code: 'concurrency_conflict',
      });
      await becomesWhole(pool);
    });
  }

  it('has refused the events, and the caller is told to look just the same', async () => {
    const filter = ofBook('refused');
    const { position } = await store.query(filter);
    await fixture.store.append(filter, emptyPosition, [event('Other', { BookID: 'refused' })]);
    proxy.holdAnswers();
    const append = assert.rejects(store.append(filter, position, [event('Added')]), unknownOutcome);
    await proxy.answerHeld();
    proxy.cut();
    await append;
    proxy.restore();
    assert.deepEqual(
      (await store.query(filter)).events.map(({ eventType }) => eventType),
      ['Other'],
    );
  });

  it('to a read is unavailable, not unknown', async () => {
    await store.query(ofBook('read'));
    proxy.holdAnswers();
    const query = assert.rejects(store.query(ofBook('read')), unavailable);
    await proxy.answerHeld();
    proxy.cut();
    await query;
  });
});
