import assert from 'node:assert/strict';
import { it } from 'node:test';
import pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type CallOptions, type EventStore, emptyPosition } from '../../server/eventstore/event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { collect, event, postgresFixture } from '../contract/event-store-fixture.ts';
import { openTransaction } from './support/open-transaction.ts';
import { databaseProxy } from './support/proxy.ts';
import { until } from './support/until.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
const ofType = (type: string) => buildEventFilter().matching().anyEventTypeOf(type).finalize();
/** What a server gets to answer a cancel request comes on top: 500 ms. */
const timeoutMs = 2000;

const reads: readonly [name: string, start: (store: EventStore, options: CallOptions) => Promise<unknown>][] =
  [
    ['a query', (store, options) => store.query(anyEvent, options)],
    ['a replay', (store, options) => collect(store.replay(anyEvent, options))],
  ];

for (const [name, start] of reads) {
  it(`The time of ${name} is that of both of its round trips together`, async () => {
    await using fixture = await postgresFixture();
    await using held = await openTransaction(fixture.url);
    await held.store.append(ofType('Held'), emptyPosition, [event('Held')]);
    await fixture.store.append(ofType('Higher'), emptyPosition, [event('Higher')]);
    await using proxy = await databaseProxy(fixture.url);
    const pool = new pg.Pool({ connectionString: proxy.url, max: 1 });
    pool.on('error', () => undefined);
    await using _pool = { [Symbol.asyncDispose]: () => pool.end() };
    const store = await openPostgresEventStore({ primary: pool });

    const answers = await answersTo(() => start(store, {}), proxy);
    const begun = performance.now();
    proxy.holdAnswers();
    const running = assert.rejects(start(store, { timeoutMs }), { code: 'query_timeout' });
    await proxy.answerHeld();
    await until(() => performance.now() - begun > timeoutMs * 0.75, 'time stands still');
    const before = proxy.answers;
    proxy.passAnswers();
    // All but the last, which never comes.
    await until(() => proxy.answers - before >= answers - 2, 'no further statement was sent');
    proxy.holdAnswers();
    await running;
    const taken = performance.now() - begun;
    assert.ok(taken >= timeoutMs * 0.9 && taken < timeoutMs * 1.6, `it took ${Math.round(taken)} ms`);
  });
}

async function answersTo(operation: () => Promise<unknown>, proxy: { readonly answers: number }) {
  const before = proxy.answers;
  await operation();
  return proxy.answers - before;
}
