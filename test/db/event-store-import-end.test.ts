import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { type ImportOptions, importEvents } from '../../server/eventstore/postgres/import-events.ts';
import { event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { gate } from './support/gate.ts';
import { openTransaction } from './support/open-transaction.ts';
import { databaseProxy } from './support/proxy.ts';
import { query } from './support/query.ts';
import { storeBehind } from './support/store-behind.ts';

const anyEvent = buildEventFilter().matchingAnyEvent();
const notEmpty = { name: 'StoreNotEmptyError', code: 'store_not_empty' };

const ways: readonly (readonly [string, ImportOptions])[] = [
  ['alone', { alone: { events: 1 } }],
  ['beside others', {}],
];

let fixture: PostgresFixture;
before(async () => {
  fixture = await postgresFixture();
});
after(() => fixture[Symbol.asyncDispose]());
afterEach(() => query(fixture.url, 'DROP TRIGGER IF EXISTS wait_at_gate ON events; DELETE FROM events'));

const typesInStore = () => query(fixture.url, 'SELECT event_type FROM events ORDER BY sequence_number');
const appendOne = () => fixture.store.append(anyEvent, emptyPosition, [event('Appended')]);

describe('a bulk load that wants an empty store', () => {
  for (const [name, way] of ways) {
    it(`is refused ${name} where events are`, async () => {
      await appendOne();
      const load = importEvents(fixture.pool, [[event('Imported')]], { ...way, intoEmpty: true });
      await assert.rejects(load, notEmpty);
      assert.deepEqual(await typesInStore(), [{ event_type: 'Appended' }]);
    });

    it(`fills ${name} one that is empty`, async () => {
      await importEvents(fixture.pool, [[event('Imported')]], { ...way, intoEmpty: true });
      assert.deepEqual(await typesInStore(), [{ event_type: 'Imported' }]);
    });
  }

  it('is refused when somebody appends while its events are on their way', async () => {
    await using reader = await openTransaction(fixture.url);
    // Whom the fast way would have to wait for.
    await reader.query('SELECT FROM events');
    async function* interrupted() {
      yield [event('Imported')];
      await appendOne();
      yield [event('Imported')];
    }
    const load = importEvents(fixture.pool, interrupted(), { alone: { events: 2 }, intoEmpty: true });
    await assert.rejects(load, notEmpty);
    assert.deepEqual(await typesInStore(), [{ event_type: 'Appended' }]);
  });
});

// Into a store that holds events: an empty one builds indexes, which no trigger may be waiting for.
describe('a bulk load whose commit is under way', () => {
  const two = [{ event_type: 'Appended' }, { event_type: 'Gated' }];

  it('has stored all when its connection breaks and the commit comes through', async () => {
    await appendOne();
    await using proxy = await databaseProxy(fixture.url);
    await using behind = await storeBehind(proxy);
    await using waiting = await gate(fixture.url, { eventType: 'Gated', place: 'at commit' });
    const load = importEvents(behind.pool, [[event('Gated')]]);
    await waiting.reached();
    proxy.cut();
    proxy.restore();
    await waiting.open();
    assert.equal(await load, 1);
    assert.deepEqual(await typesInStore(), two);
  });

  it('has stored nothing when its backend is ended', async () => {
    await appendOne();
    await using waiting = await gate(fixture.url, { eventType: 'Gated', place: 'at commit' });
    const load = importEvents(fixture.pool, [[event('Gated')]]);
    const fails = assert.rejects(load, { code: 'event_store_unavailable' });
    await waiting.reached();
    await query(
      fixture.url,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'COMMIT' AND state = 'active'",
    );
    await fails;
    assert.deepEqual(await typesInStore(), two.slice(0, 1));
  });

  it('is unknown when the database cannot be asked any more', async () => {
    await appendOne();
    await using proxy = await databaseProxy(fixture.url);
    await using behind = await storeBehind(proxy);
    await using waiting = await gate(fixture.url, { eventType: 'Gated', place: 'at commit' });
    const load = importEvents(behind.pool, [[event('Gated')]]);
    const fails = assert.rejects(load, { code: 'unknown_outcome' });
    await waiting.reached();
    proxy.cut();
    await fails;
  });

  it('has stored nothing when a cancel still reaches it', async () => {
    await appendOne();
    await using waiting = await gate(fixture.url, { eventType: 'Gated', place: 'at commit' });
    const aborter = new AbortController();
    const load = importEvents(fixture.pool, [[event('Gated')]], { signal: aborter.signal });
    const fails = assert.rejects(load, { code: 'operation_canceled' });
    await waiting.reached();
    aborter.abort();
    await fails;
    assert.deepEqual(await typesInStore(), two.slice(0, 1));
  });

  it('has stored all when a cancel cannot reach it and its answer takes a second', async () => {
    await appendOne();
    await using proxy = await databaseProxy(fixture.url);
    await using behind = await storeBehind(proxy);
    await using waiting = await gate(fixture.url, { eventType: 'Gated', place: 'at commit' });
    const aborter = new AbortController();
    const load = importEvents(behind.pool, [[event('Gated')]], { signal: aborter.signal });
    await waiting.reached();
    proxy.holdAnswers();
    await waiting.open();
    await proxy.answerHeld();
    aborter.abort();
    // The passing of time is what is tested: longer than a statement that stores nothing is waited for (500 ms).
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    proxy.passAnswers();
    assert.equal(await load, 1);
    assert.deepEqual(await typesInStore(), two);
  });
});
