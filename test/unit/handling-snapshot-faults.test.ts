import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStoreUnavailableError, SnapshotCorruptError } from '../../server/eventstore/errors.ts';
import type { SnapshotKeeperOptions } from '../../server/handling/snapshots/snapshot-keeper.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { addCounts, filterOfA, saveText, setting } from './support/kept-counter.ts';
import { ManualClock } from './support/manual-clock.ts';

test('A corrupt snapshot is told, rebuilt and replaced, whatever number it has', async () => {
  const store = new InMemoryEventStore();
  let isCorrupt = true;
  const damaged: SnapshotKeeperOptions['store'] = {
    loadSnapshot: async (...parameters) => {
      const loaded = await store.loadSnapshot(...parameters);
      if (!isCorrupt || loaded === undefined) return loaded;
      const { projectionType, mark } = loaded;
      throw new SnapshotCorruptError(projectionType, 'its content is not what was saved', { mark });
    },
    saveSnapshot: (snapshot) => store.saveSnapshot(snapshot),
  };
  await saveText(store, 'not what was saved', 1_000_000);
  const { keeper, use, faults } = setting({ inMemory: store, store: damaged, policy: () => false });
  assert.deepEqual(await use(), ['a: 5', 'rebuilt', 'corrupt', 5]);
  assert.deepEqual(
    faults.map(({ what, fault }) => [what, fault instanceof SnapshotCorruptError]),
    [['load', true]],
  );
  await keeper.settled();
  isCorrupt = false;
  keeper.forget();
  assert.deepEqual(await use(), ['a: 5', 'stored', 0]);
});

for (const data of ['{}', '[1]', storedText('{"other":1}'), storedText('"text"')]) {
  test(`A snapshot that the projection cannot read is rebuilt and replaced: ${data}`, async () => {
    const store = new InMemoryEventStore();
    await saveText(store, data, 1_000);
    const { keeper, use } = setting({ inMemory: store });
    assert.deepEqual(await use(), ['a: 5', 'rebuilt', 'incompatible', 5]);
    await keeper.settled();
    keeper.forget();
    assert.deepEqual(await use(), ['a: 5', 'stored', 0]);
  });
}

test('A snapshot of another version of the projection is not used, and stays for those who have that version', async () => {
  const store = new InMemoryEventStore();
  const before = setting({ inMemory: store, events: 12 });
  await before.use();
  await before.keeper.settled();
  const { keeper, use } = setting({ inMemory: store, version: 2, events: 0 });
  assert.deepEqual(await use(), ['a: 12', 'rebuilt', 'incompatible', 12]);
  await keeper.settled();
  before.keeper.forget();
  assert.deepEqual(await before.use(), ['a: 12', 'stored', 0]);
});

test('Many small states without a snapshot are not all asked for another version, large ones are', async () => {
  const store = new InMemoryEventStore();
  let asked = 0;
  const inventory = {
    deleteSnapshots: store.deleteSnapshots.bind(store),
    listSnapshots: (...parameters: Parameters<typeof store.listSnapshots>) => {
      asked += 1;
      return store.listSnapshots(...parameters);
    },
  };
  const { handler } = setting({ inMemory: store, inventory });
  for (let counter = 0; counter < 50; counter += 1) {
    store.store('Counted', { Counter: String(counter) });
    await handler.handle({ counter: String(counter) });
  }
  assert.equal(asked, 20);
  await handler.handle({ counter: 'without events' });
  addCounts(store, 1_000);
  await handler.handle({ counter: 'a' });
  assert.equal(asked, 21);
});

test('An unreadable snapshot costs a rebuild and is told', async () => {
  const store = new InMemoryEventStore();
  const fault = new EventStoreUnavailableError('The snapshots are elsewhere.');
  const unreadable = {
    loadSnapshot: () => Promise.reject(fault),
    saveSnapshot: () => Promise.reject(fault),
  };
  const clock = new ManualClock();
  const { keeper, use, faults } = setting({ inMemory: store, store: unreadable, clock });
  assert.deepEqual(await use(), ['a: 5', 'rebuilt', 'unreadable', 5]);
  await keeper.settled();
  assert.deepEqual(
    faults.map(({ what }) => what),
    ['load', 'save'],
  );
  assert.deepEqual(await use(), ['a: 5', 'warm', 0]);
  await keeper.settled();
  assert.equal(keeper.figures().saves.failed, 1, 'not tried again at once');
  clock.advance(1e6);
  await use();
  await keeper.settled();
  assert.equal(keeper.figures().saves.failed, 2);
});

test('Who is told of a fault and throws breaks neither the operation nor later saves', async () => {
  const store = new InMemoryEventStore();
  let fails = true;
  const failing = {
    loadSnapshot: store.loadSnapshot.bind(store),
    saveSnapshot: (...parameters: Parameters<typeof store.saveSnapshot>) =>
      fails ? Promise.reject(new Error('full disk')) : store.saveSnapshot(...parameters),
  };
  const clock = new ManualClock();
  const onFault = () => {
    throw new Error('broken listener');
  };
  const { keeper, use } = setting({ inMemory: store, store: failing, clock, onFault });
  await use();
  await keeper.settled();
  fails = false;
  clock.advance(1e6);
  addCounts(store, 1);
  await use();
  await keeper.settled();
  assert.deepEqual(keeper.figures().saves.saved, 1);
});

test('A state of a history that the store does not have is given up, in memory and in the store', async () => {
  const { store, keeper, use } = setting();
  await use();
  await keeper.settled();
  const saved = await store.loadSnapshot('CountOf v1', filterOfA);
  // The store is restored from a backup that lacks the last events, and gives their numbers again.
  const restored = new InMemoryEventStore();
  addCounts(restored, 4);
  restored.store('Counted', { Counter: 'a', Otherwise: 'yes' });
  restored.store('Counted', { Counter: 'a' });
  await restored.saveSnapshot({ ...(saved ?? assert.fail()), filter: filterOfA });
  const other = setting({ inMemory: restored, events: 0 });
  assert.deepEqual(await other.use(), ['a: 6', 'rebuilt', 'diverged', 6]);
  await other.keeper.settled();
  other.keeper.forget();
  assert.deepEqual(await other.use(), ['a: 6', 'stored', 0]);
  await restored.close();
  restored.store('Counted', { Counter: 'a' });
  assert.deepEqual(await other.use(), ['a: 1', 'rebuilt', 'diverged', 1], 'ahead of the store');
});

for (const version of [0, 1.5, Number.NaN]) {
  test(`A projection cannot have the version ${version}`, () => {
    assert.throws(() => setting({ version }), { code: 'invalid_option', field: 'version' });
  });
}

function storedText(state: string): string {
  return `{"form":1,"last":{"sequenceNumber":5,"fingerprint":"00"},"state":${state}}`;
}
