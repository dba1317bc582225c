import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Snapshotable } from '../../server/handling/projection.ts';
import { queryHandler } from '../../server/handling/query-handler.ts';
import { everyEvents } from '../../server/handling/snapshots/save-policy.ts';
import { SnapshotKeeper } from '../../server/handling/snapshots/snapshot-keeper.ts';
import { snapshotting } from '../../server/handling/snapshots/snapshotting.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { countOf } from './support/counter-example.ts';
import { countAsText } from './support/counter-snapshot.ts';
import { setting } from './support/kept-counter.ts';

const large: Snapshotable<number> = {
  ...countAsText,
  encode: (counted) => `{"counted":${counted},"a":"${'x'.repeat(1_000)}"}`,
};

test('A state that was forgotten is not brought back by an operation that still had it', async () => {
  const { keeper, use } = setting();
  await use();
  await keeper.settled();
  const underWay = use();
  keeper.forget();
  assert.deepEqual(await underWay, ['a: 5', 'warm', 0]);
  assert.deepEqual(await use(), ['a: 5', 'stored', 0]);
});

test('Memory holds the states that were used last, up to a number; without any, states come from the store', async () => {
  const { keeper, handler, store } = setting({ maxStates: 2 });
  for (const counter of ['a', 'b', 'c']) {
    store.store('Counted', { Counter: counter });
    await handler.handle({ counter });
  }
  assert.equal(keeper.figures().keptStates, 2);
  const none = setting({ maxStates: 0 });
  assert.deepEqual(await none.use(), ['a: 5', 'rebuilt', 'missing', 5]);
  await none.keeper.settled();
  for (let time = 0; time < 2; time += 1) assert.deepEqual(await none.use(), ['a: 5', 'stored', 0]);
});

test('Memory holds states of about so many bytes, as they are when they are saved', async () => {
  const store = new InMemoryEventStore();
  const keeper = new SnapshotKeeper({ store, maxBytes: 20_000 });
  const definition = { ...countOf, ...large };
  const handler = snapshotting(queryHandler(definition, { store }), definition, keeper, {
    policy: everyEvents(1),
  });
  for (const counter of ['a', 'b', 'c', 'd']) {
    store.store('Counted', { Counter: counter });
    await handler.handle({ counter });
    await keeper.settled();
    await handler.handle({ counter });
  }
  const { keptStates, keptBytes } = keeper.figures();
  assert.equal(keptStates, 2);
  assert.ok(keptBytes > 16_000 && keptBytes <= 20_000, `${keptBytes}`);
});

test('Memory holds states of about so many bytes when none of them can be saved', async () => {
  const store = new InMemoryEventStore();
  const failing = {
    loadSnapshot: store.loadSnapshot.bind(store),
    saveSnapshot: () => Promise.reject(new Error('read-only')),
  };
  const keeper = new SnapshotKeeper({ store: failing, maxBytes: 20_000, onFault: () => undefined });
  const definition = { ...countOf, ...large };
  const handler = snapshotting(queryHandler(definition, { store }), definition, keeper, {
    policy: everyEvents(1),
  });
  for (const counter of ['a', 'b', 'c', 'd']) {
    store.store('Counted', { Counter: counter });
    await handler.handle({ counter });
    await keeper.settled();
  }
  const { keptStates, keptBytes, saves } = keeper.figures();
  assert.deepEqual([keptStates, saves.failed], [2, 4]);
  assert.ok(keptBytes > 16_000 && keptBytes <= 20_000, `${keptBytes}`);
});

test('States that nobody saves are taken for as large as their many events', async () => {
  const { keeper, handler, store } = setting({ events: 0, policy: () => false, maxBytes: 100_000 });
  for (const counter of ['a', 'b', 'c', 'd', 'e', 'f']) {
    for (let event = 0; event < 1_000; event += 1) store.store('Counted', { Counter: counter });
    await handler.handle({ counter });
  }
  const { keptStates, keptBytes } = keeper.figures();
  assert.equal(keptStates, 4);
  assert.ok(keptBytes > 75_000 && keptBytes <= 100_000, `${keptBytes}`);
});

test('Limits that cannot be are refused', () => {
  assert.throws(() => setting({ maxStates: -1 }), { code: 'invalid_option', field: 'maxStates' });
  assert.throws(() => setting({ maxTail: -1 }), { code: 'invalid_option', field: 'maxTail' });
  assert.throws(() => setting({ maxBytes: 0 }), { code: 'invalid_option', field: 'maxBytes' });
  assert.throws(() => setting({ maxWaitingSaves: 0.5 }), {
    code: 'invalid_option',
    field: 'maxWaitingSaves',
  });
});
