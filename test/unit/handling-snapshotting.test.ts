import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { commandHandler } from '../../server/handling/command-handler.ts';
import { queryHandler } from '../../server/handling/query-handler.ts';
import { observed } from '../../server/handling/recording/observed.ts';
import { createOperationRecorder } from '../../server/handling/recording/operation-recorder.ts';
import { SnapshotKeeper } from '../../server/handling/snapshots/snapshot-keeper.ts';
import { snapshotting } from '../../server/handling/snapshots/snapshotting.ts';
import { systemClock } from '../../server/lib/clock.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { count } from './support/counter-example.ts';
import { countAsText } from './support/counter-snapshot.ts';
import { a, addCounts, counting, setting } from './support/kept-counter.ts';

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

test('Inputs with different filters have states of their own', async () => {
  const { store, handler } = setting();
  store.store('Counted', { Counter: 'b' });
  await handler.handle(a);
  const b = await handler.handle({ counter: 'b' });
  assert.deepEqual([b.result, b.snapshot.use], ['b: 1', 'rebuilt']);
  assert.equal((await handler.handle(a)).result, 'a: 5');
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
