import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyEvents, olderThan } from '../../server/handling/snapshots/save-policy.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { LateEventStore } from '../property/support/late-event-store.ts';
import { addCounts, filterOfA, saveText, setting } from './support/kept-counter.ts';
import { ManualClock } from './support/manual-clock.ts';

test('Saving does not hold the answer up, saves what is the newest then, and can be waited for', async () => {
  const store = new InMemoryEventStore();
  const { promise: permission, resolve: permit } = Promise.withResolvers<void>();
  const slow = {
    loadSnapshot: store.loadSnapshot.bind(store),
    saveSnapshot: async (...parameters: Parameters<typeof store.saveSnapshot>) => {
      await permission;
      return store.saveSnapshot(...parameters);
    },
  };
  const { keeper, use } = setting({ inMemory: store, store: slow });
  await use();
  addCounts(store, 3);
  assert.deepEqual(await use(), ['a: 8', 'warm', 3]);
  permit();
  await keeper.settled();
  assert.equal(keeper.figures().saves.saved, 1, 'one save of a key at a time');
  await use();
  await keeper.settled();
  const saved = await store.loadSnapshot('CountOf v1', filterOfA);
  assert.equal(saved?.sequenceNumber, 8);
});

test('Of two processes that replace a useless snapshot, the one that comes late leaves what the other has saved since', async () => {
  const store = new InMemoryEventStore();
  await saveText(store, '{}', 3);
  const { promise: permission, resolve: permit } = Promise.withResolvers<void>();
  const slow = {
    loadSnapshot: store.loadSnapshot.bind(store),
    saveSnapshot: async (...parameters: Parameters<typeof store.saveSnapshot>) => {
      await permission;
      return store.saveSnapshot(...parameters);
    },
  };
  const late = setting({ inMemory: store, store: slow });
  const other = setting({ inMemory: store, events: 0 });
  assert.deepEqual(await late.use(), ['a: 5', 'rebuilt', 'incompatible', 5]);
  assert.deepEqual(await other.use(), ['a: 5', 'rebuilt', 'incompatible', 5]);
  await other.keeper.settled();
  addCounts(store, 100);
  await other.use();
  await other.keeper.settled();
  permit();
  await late.keeper.settled();
  assert.equal((await store.loadSnapshot('CountOf v1', filterOfA))?.sequenceNumber, 105);
});

test('A useless snapshot is replaced by a later save when the first one fails', async () => {
  const store = new InMemoryEventStore();
  await saveText(store, '{}', 1_000);
  let fails = true;
  const failing = {
    loadSnapshot: store.loadSnapshot.bind(store),
    saveSnapshot: (...parameters: Parameters<typeof store.saveSnapshot>) =>
      fails ? Promise.reject(new Error('full disk')) : store.saveSnapshot(...parameters),
  };
  const clock = new ManualClock();
  const { keeper, use } = setting({ inMemory: store, store: failing, clock, policy: () => false });
  await use();
  await keeper.settled();
  fails = false;
  clock.advance(1e6);
  await use();
  await keeper.settled();
  assert.equal((await store.loadSnapshot('CountOf v1', filterOfA))?.sequenceNumber, 5);
});

test('The age of a save counts from when it was saved, also in a process that has only loaded it', async () => {
  const store = new InMemoryEventStore();
  const before = setting({ inMemory: store });
  await before.use();
  await before.keeper.settled();
  for (const [hoursLater, saves] of [
    [1, 0],
    [3, 1],
  ] as const) {
    const clock = new ManualClock();
    clock.advance((Date.now() + hoursLater * 3_600_000) * 1e3);
    const { keeper, use } = setting({ inMemory: store, events: 1, clock, policy: olderThan(2 * 3_600_000) });
    assert.equal((await use())[1], 'stored');
    await keeper.settled();
    assert.equal(keeper.figures().saves.saved, saves);
  }
});

test('What is read again and again while an append is under way is not saved again and again', async () => {
  const store = new LateEventStore();
  const { keeper, use } = setting({ inMemory: store, policy: everyEvents(5) });
  await use();
  await keeper.settled();
  store.storeLate('Counted', { Counter: 'a' });
  addCounts(store, 4);
  for (let time = 0; time < 10; time += 1) {
    assert.deepEqual(await use(), ['a: 9', 'warm', 4]);
    await keeper.settled();
  }
  assert.equal(keeper.figures().saves.saved, 1);
  store.commitAll();
  assert.deepEqual(await use(), ['a: 10', 'warm', 5]);
  await keeper.settled();
  assert.equal(keeper.figures().saves.saved, 2);
});

test('A state is not saved twice, whatever the policy says', async () => {
  const { keeper, use } = setting({ policy: () => true });
  for (let time = 0; time < 3; time += 1) {
    await use();
    await keeper.settled();
  }
  keeper.forget();
  await use();
  await keeper.settled();
  assert.equal(keeper.figures().saves.saved, 1);
});
