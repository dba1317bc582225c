import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type CallOptions, type EventStore, emptyPosition } from '../../server/eventstore/event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { SafeSequenceNumber } from '../../server/eventstore/storable-event.ts';
import { collect, event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { unavailable, unknownOutcome } from './support/loss-faults.ts';
import { occupiedPort } from './support/occupied-port.ts';
import { type DatabaseProxy, databaseProxy } from './support/proxy.ts';
import { storeBehind } from './support/store-behind.ts';
import { becomesWhole, until } from './support/until.ts';

const ofBook = (id: string) => buildEventFilter().matching().anyPredicateOf(p('BookID', id)).finalize();
/** Every operation, and what it says when it cannot get a connection at all. */
const operations: readonly [
  name: string,
  start: (store: EventStore, options?: CallOptions) => Promise<unknown>,
][] = [
  ['a query', (store, options) => store.query(ofBook('gone'), options)],
  ['a replay', (store, options) => collect(store.replay(ofBook('gone'), options))],
  [
    'an append',
    (store, options) =>
      store.append(ofBook('gone'), emptyPosition, [event('Added', { BookID: 'gone' })], options),
  ],
  [
    'saving a snapshot',
    (store, options) =>
      store.saveSnapshot(
        {
          projectionType: 'Books',
          filter: ofBook('gone'),
          sequenceNumber: 0 as SafeSequenceNumber,
          data: '{}',
        },
        options,
      ),
  ],
  ['loading a snapshot', (store, options) => store.loadSnapshot('Books', ofBook('gone'), options)],
  ['deleting a snapshot', (store, options) => store.deleteSnapshot('Books', ofBook('gone'), options)],
];

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

describe('a server that is gone before', () => {
  for (const [name, start] of operations) {
    it(`${name} is told as unavailable, and the next one works when it is back`, async () => {
      await loseServer(proxy, pool);
      await assert.rejects(start(store), unavailable);
      proxy.restore();
      await store.query(ofBook('gone'));
      await becomesWhole(pool);
    });
  }

  it('stores nothing', async () => {
    await loseServer(proxy, pool);
    const append = store.append(ofBook('never'), emptyPosition, [event('A', { BookID: 'never' })]);
    await assert.rejects(append, unavailable);
    assert.deepEqual((await fixture.store.query(ofBook('never'))).events, []);
  });

  it('leaves the outcome of an append open that was sent before the loss was noticed', async () => {
    await store.query(ofBook('sent'));
    proxy.cut();
    const append = store.append(ofBook('sent'), emptyPosition, [event('A', { BookID: 'sent' })]);
    await assert.rejects(append, unknownOutcome);
    assert.deepEqual((await fixture.store.query(ofBook('sent'))).events, []);
  });
});

describe('a server that takes connections and never says a word', () => {
  for (const [name, start] of operations) {
    it(`holds up ${name} no longer than the caller wants`, async () => {
      await using silent = await occupiedPort();
      const url = new URL(fixture.url);
      url.port = String(silent.port);
      await loseServer(proxy, pool);
      proxy.restore(url.href);
      await assert.rejects(start(store, { timeoutMs: 50 }), { code: 'query_timeout' });
      const aborter = new AbortController();
      const running = assert.rejects(start(store, { signal: aborter.signal }), {
        code: 'operation_canceled',
        cause: 'enough',
      });
      aborter.abort('enough');
      await running;
      // The pool still tries to connect for nobody; the end of the silent server ends that, too.
      proxy.cut();
      proxy.restore(fixture.url);
      await store.query(ofBook('gone'));
      await becomesWhole(pool);
    });
  }
});

/** Resolves when the pool has noticed. */
async function loseServer(lost: DatabaseProxy, connections: pg.Pool): Promise<void> {
  lost.cut();
  await until(() => connections.totalCount === 0, 'connections are still open');
}
