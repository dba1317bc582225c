import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStoreUnavailableError, SnapshotCorruptError } from '../../server/eventstore/errors.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import type { SafeSequenceNumber } from '../../server/eventstore/storable-event.ts';
import { commandHandler } from '../../server/handling/command-handler.ts';
import { observed } from '../../server/handling/observed.ts';
import { createOperationRecorder } from '../../server/handling/operation-recorder.ts';
import type { Snapshotable } from '../../server/handling/projection.ts';
import { queryHandler } from '../../server/handling/query-handler.ts';
import { everyEvents, type SavePolicy } from '../../server/handling/snapshots/save-policy.ts';
import {
  type SnapshotFault,
  SnapshotKeeper,
  type SnapshotKeeperOptions,
} from '../../server/handling/snapshots/snapshot-keeper.ts';
import { snapshotting } from '../../server/handling/snapshots/snapshotting.ts';
import { systemClock } from '../../server/lib/clock.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { count, countOf } from './support/counter-example.ts';
import { countAsText } from './support/counter-snapshot.ts';
import { ManualClock } from './support/manual-clock.ts';

const counting = { ...countOf, ...countAsText };
const a = { counter: 'a' };
const filterOfA = countOf.filter(a);

interface Setting extends Partial<SnapshotKeeperOptions> {
  readonly events?: number;
  readonly inMemory?: InMemoryEventStore;
  readonly policy?: SavePolicy;
  readonly maxTail?: number;
  readonly version?: number;
}

function setting({ events = 5, inMemory = new InMemoryEventStore(), ...given }: Setting = {}) {
  const faults: SnapshotFault[] = [];
  addCounts(inMemory, events);
  const { policy = everyEvents(1), maxTail, version = 1, ...options } = given;
  const keeper = new SnapshotKeeper({
    store: inMemory,
    inventory: inMemory,
    onFault: (fault) => faults.push(fault),
    ...options,
  });
  const definition = { ...counting, version };
  const handler = snapshotting(queryHandler(definition, { store: inMemory }), definition, keeper, {
    policy,
    ...(maxTail !== undefined && { maxTail }),
  });
  const use = async () => {
    const { result, snapshot } = await handler.handle(a);
    return [result, snapshot.use, ...(snapshot.reason ? [snapshot.reason] : []), snapshot.eventsAfter];
  };
  return { store: inMemory, keeper, handler, faults, use };
}

function addCounts(store: InMemoryEventStore, times: number): void {
  for (let time = 0; time < times; time += 1) store.store('Counted', { Counter: 'a' });
}

test('The first time everything is folded, then only what is newer, from memory or from the event store', async () => {
  const { store, keeper, use } = setting();
  assert.deepEqual(await use(), ['a: 5', 'rebuilt', 'missing', 5]);
  assert.deepEqual(await use(), ['a: 5', 'warm', 0]);
  addCounts(store, 2);
  assert.deepEqual(await use(), ['a: 7', 'warm', 2]);
  await keeper.settled();
  keeper.forget();
  addCounts(store, 1);
  assert.deepEqual(await use(), ['a: 8', 'stored', 1]);
  assert.equal(
    store.queries.at(-1)?.sequenceNumberHigherThan,
    6,
    'the last event that it holds, and newer ones',
  );
  const { CountOf } = keeper.figures().handlers;
  const { warm, stored, rebuilt, rebuiltBy, hitRate } = CountOf ?? assert.fail();
  assert.deepEqual([warm, stored, rebuilt, rebuiltBy, hitRate], [2, 1, 1, { missing: 1 }, 0.75]);
});

test('A state that was forgotten is not brought back by an operation that still had it', async () => {
  const { keeper, use } = setting();
  await use();
  await keeper.settled();
  const underWay = use();
  keeper.forget();
  assert.deepEqual(await underWay, ['a: 5', 'warm', 0]);
  assert.deepEqual(await use(), ['a: 5', 'stored', 0]);
});

test('Inputs with different filters have states of their own', async () => {
  const { store, handler } = setting();
  store.store('Counted', { Counter: 'b' });
  await handler.handle(a);
  const b = await handler.handle({ counter: 'b' });
  assert.deepEqual([b.result, b.snapshot.use], ['b: 1', 'rebuilt']);
  assert.equal((await handler.handle(a)).result, 'a: 5');
});

test('A corrupt snapshot is told, rebuilt and replaced, whatever number it has', async () => {
  const store = new InMemoryEventStore();
  let isCorrupt = true;
  const damaged: SnapshotKeeperOptions['store'] = {
    loadSnapshot: async (...parameters) => {
      if (isCorrupt) throw new SnapshotCorruptError('CountOf v1', 'its content is not what was saved');
      return store.loadSnapshot(...parameters);
    },
    saveSnapshot: (snapshot) => store.saveSnapshot(snapshot),
    deleteSnapshot: (...parameters) => store.deleteSnapshot(...parameters),
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
  const before = setting({ inMemory: store, events: 1_200 });
  await before.use();
  await before.keeper.settled();
  const { keeper, use } = setting({ inMemory: store, version: 2, events: 0 });
  assert.deepEqual(await use(), ['a: 1200', 'rebuilt', 'incompatible', 1_200]);
  await keeper.settled();
  before.keeper.forget();
  assert.deepEqual(await before.use(), ['a: 1200', 'stored', 0]);
});

test('An unreadable snapshot costs a rebuild and is told', async () => {
  const store = new InMemoryEventStore();
  const fault = new EventStoreUnavailableError('The snapshots are elsewhere.');
  const unreadable = {
    loadSnapshot: () => Promise.reject(fault),
    saveSnapshot: () => Promise.reject(fault),
    deleteSnapshot: () => Promise.reject(fault),
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
    deleteSnapshot: store.deleteSnapshot.bind(store),
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

test('With a longer tail than allowed the whole history is folded', async () => {
  const { store, keeper, use } = setting({ maxTail: 3 });
  await use();
  addCounts(store, 3);
  assert.deepEqual(await use(), ['a: 8', 'warm', 3]);
  await keeper.settled();
  addCounts(store, 4);
  assert.deepEqual(await use(), ['a: 12', 'rebuilt', 'tail_too_long', 12]);
  assert.deepEqual(await use(), ['a: 12', 'warm', 0]);
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

test('A filter with bounds of its own is read as it is', async () => {
  const { store, keeper } = setting();
  const bounded = {
    ...counting,
    filter: () =>
      buildEventFilter().matching().anyEventTypeOf('Counted').occurredFrom(new Date(0)).finalize(),
  };
  const handler = snapshotting(queryHandler(bounded, { store }), bounded, keeper);
  for (let time = 0; time < 2; time += 1) {
    const { result, snapshot } = await handler.handle(a);
    assert.deepEqual([result, snapshot.use, snapshot.reason], ['a: 5', 'rebuilt', 'bounded_filter']);
  }
});

test('Operations that miss at the same time wait for one of them to fold the history', async () => {
  const { store, keeper, handler } = setting();
  const answers = await Promise.all(Array.from({ length: 16 }, () => handler.handle(a)));
  assert.ok(answers.every(({ result }) => result === 'a: 5'));
  const { rebuilt, warm } = keeper.figures().handlers['CountOf'] ?? assert.fail();
  assert.deepEqual([rebuilt, warm], [1, 15]);
  assert.equal(
    store.queries.filter(({ sequenceNumberHigherThan }) => sequenceNumberHigherThan === 0).length,
    1,
  );
});

test('Operations on a history without events wait for the first of them only', async () => {
  const { store, handler } = setting({ events: 0 });
  const { promise: together, resolve: allAsked } = Promise.withResolvers<void>();
  const replay = store.replay.bind(store);
  let asked = 0;
  store.replay = (...parameters) => {
    asked += 1;
    if (asked === 8) allAsked();
    // All but the first wait for each other: one by one they would wait for ever.
    const turn = asked === 1 ? undefined : together;
    const own = replay(...parameters);
    return {
      maxSequenceNumber: own.maxSequenceNumber,
      async *[Symbol.asyncIterator]() {
        await turn;
        yield* own;
      },
    };
  };
  const answers = await Promise.all(Array.from({ length: 8 }, () => handler.handle(a)));
  assert.ok(answers.every(({ result }) => result === 'a: 0'));
});

test('Who waits for another’s rebuild can leave, and takes over when the other one fails', async () => {
  const { handler } = setting();
  const [failing, leaving] = [new AbortController(), new AbortController()];
  const first = handler.handle(a, { signal: failing.signal });
  const second = handler.handle(a, { signal: leaving.signal });
  const third = handler.handle(a);
  failing.abort();
  leaving.abort();
  await assert.rejects(first, { code: 'operation_canceled' });
  await assert.rejects(second, { code: 'operation_canceled' });
  assert.deepEqual((await third).result, 'a: 5');
});

test('Saving does not hold the answer up, saves what is the newest then, and can be waited for', async () => {
  const store = new InMemoryEventStore();
  const { promise: permission, resolve: permit } = Promise.withResolvers<void>();
  const slow = {
    loadSnapshot: store.loadSnapshot.bind(store),
    deleteSnapshot: store.deleteSnapshot.bind(store),
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
  const large: Snapshotable<number> = {
    ...countAsText,
    encode: (counted) => `{"counted":${counted},"a":"${'x'.repeat(1_000)}"}`,
  };
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

test('A state that folding has left in the middle is given up', async () => {
  const store = new InMemoryEventStore();
  addCounts(store, 3);
  let fails = false;
  const failing = {
    ...counting,
    project: (counted: number, events: readonly unknown[]) => {
      if (fails && events.length > 0) throw new RangeError('counted too far');
      return counted + events.length;
    },
  };
  const handler = snapshotting(queryHandler(failing, { store }), failing, new SnapshotKeeper({ store }));
  await handler.handle(a);
  fails = true;
  addCounts(store, 1);
  await assert.rejects(handler.handle(a), /counted too far/);
  fails = false;
  const { result, snapshot } = await handler.handle(a);
  assert.deepEqual([result, snapshot.use], ['a: 4', 'rebuilt']);
});

test('A command goes on from a kept state, and its conflicts leave the state as it is', async () => {
  const store = new InMemoryEventStore();
  addCounts(store, 2);
  const recorder = createOperationRecorder(systemClock);
  const keeper = new SnapshotKeeper({ store, recorder });
  let overtakes = false;
  const definition = {
    ...count,
    ...countAsText,
    marshal: (...parameters: Parameters<typeof count.marshal>) => {
      if (overtakes) addCounts(store, 1);
      return count.marshal(...parameters);
    },
  };
  const handler = observed(
    snapshotting(commandHandler(definition, { store, phases: recorder }), definition, keeper),
    recorder,
  );
  const first = await handler.handle(a);
  assert.deepEqual(first.record.snapshot, {
    use: 'rebuilt',
    reason: 'missing',
    sequenceNumber: 0,
    eventsAfter: 2,
  });
  overtakes = true;
  await assert.rejects(handler.handle({ ...a, upTo: 10 }), { code: 'concurrency_conflict' });
  overtakes = false;
  const { outcome, record } = await handler.handle(a);
  assert.deepEqual([outcome, record.snapshot?.use, record.snapshot?.eventsAfter], ['idempotent', 'warm', 1]);
});

for (const version of [0, 1.5, Number.NaN]) {
  test(`A projection cannot have the version ${version}`, () => {
    assert.throws(() => setting({ version }), { code: 'invalid_option', field: 'version' });
  });
}

test('Limits that cannot be are refused', () => {
  assert.throws(() => setting({ maxStates: -1 }), { code: 'invalid_option', field: 'maxStates' });
  assert.throws(() => setting({ maxTail: -1 }), { code: 'invalid_option', field: 'maxTail' });
  assert.throws(() => setting({ maxBytes: 0 }), { code: 'invalid_option', field: 'maxBytes' });
  assert.throws(() => setting({ maxWaitingSaves: 0.5 }), {
    code: 'invalid_option',
    field: 'maxWaitingSaves',
  });
});

async function saveText(store: InMemoryEventStore, data: string, number: number): Promise<void> {
  const sequenceNumber = number as SafeSequenceNumber;
  await store.saveSnapshot({ projectionType: 'CountOf v1', filter: filterOfA, sequenceNumber, data });
}

function storedText(state: string): string {
  return `{"form":1,"last":{"sequenceNumber":5,"fingerprint":"00"},"state":${state}}`;
}
