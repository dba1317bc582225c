import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import type { ReadOnlyEventStore, ReadOptions } from '../../server/eventstore/event-store.ts';
import { KeptState } from '../../server/handling/folding/kept-state.ts';
import { queryHandler } from '../../server/handling/query-handler.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { countOf } from './support/counter-example.ts';

test('A query answers from its own events, read in batches and eventually consistent', async () => {
  const store = storeWithCounts(5);
  store.store('Counted', { Counter: 'b' });
  const batches: number[] = [];
  const watched: typeof countOf = {
    ...countOf,
    project: (state, events) => {
      batches.push(events.length);
      return countOf.project(state, events);
    },
  };
  const handler = queryHandler(watched, { store, batchSize: 2 });
  assert.deepEqual(await handler.handle({ counter: 'a' }), {
    outcome: 'answered',
    result: 'a: 5',
    reached: 5,
    eventsFolded: 5,
  });
  assert.deepEqual(batches, [2, 2, 1]);
  assert.deepEqual(store.reads, [{ batchSize: 2, consistency: 'eventual' }]);
});

test('A query that reads at once needs a single round trip', async () => {
  const store = storeWithCounts(5);
  const handler = queryHandler({ ...countOf, reading: 'at-once' }, { store, batchSize: 2 });
  assert.equal((await handler.handle({ counter: 'a' })).result, 'a: 5');
  assert.deepEqual(store.reads, [{ consistency: 'eventual' }]);
});

test('A query of nothing answers from the initial state', async () => {
  const handler = queryHandler(countOf, { store: new InMemoryEventStore() });
  const { result, reached } = await handler.handle({ counter: 'a' });
  assert.deepEqual([result, reached], ['a: 0', 0]);
});

test('A query that goes on from a kept state reads only its last event and what came after it', async () => {
  for (const reading of ['in-batches', 'at-once'] as const) {
    const store = storeWithCounts(3);
    const handler = queryHandler({ ...countOf, reading }, { store });
    const kept = KeptState.empty(0, (state) => state);
    const resumeFrom = { kept, maxTail: 10, isOld: false };
    const first = await handler.handle({ counter: 'a' }, { resumeFrom });
    const nothingNew = await handler.handle({ counter: 'a' }, { resumeFrom });
    assert.deepEqual([nothingNew.result, nothingNew.reached, nothingNew.eventsFolded], ['a: 3', 3, 0]);
    assert.deepEqual([first.result, first.eventsFolded], ['a: 3', 3]);
    store.store('Counted', { Counter: 'a' });
    const { result, eventsFolded } = await handler.handle({ counter: 'a' }, { resumeFrom });
    assert.deepEqual([result, eventsFolded], ['a: 4', 1]);
    assert.deepEqual(kept.folded.state, 4);
    assert.equal(store.queries.at(-1)?.sequenceNumberHigherThan, 2);
  }
});

test('A tail that is longer than allowed, or of another history, is refused', async () => {
  for (const isOld of [false, true]) {
    const store = storeWithCounts(3);
    const handler = queryHandler(countOf, { store, batchSize: 2 });
    const kept = KeptState.empty(0, (state) => state);
    const resumeFrom = { kept, maxTail: 3, isOld };
    await handler.handle({ counter: 'a' }, { resumeFrom });
    for (let more = 0; more < 4; more += 1) store.store('Counted', { Counter: 'a' });
    const tooLong = { code: 'snapshot_unusable', reason: 'tail_too_long' };
    await assert.rejects(handler.handle({ counter: 'a' }, { resumeFrom }), tooLong);
    const otherStore = new InMemoryEventStore();
    for (let more = 0; more < 5; more += 1) otherStore.store('Counted', { Counter: 'a', Other: 'yes' });
    const other = queryHandler(countOf, { store: otherStore });
    const diverged = { code: 'snapshot_unusable', reason: 'diverged' };
    await assert.rejects(other.handle({ counter: 'a' }, { resumeFrom }), diverged);
  }
});

test('A state that a replica lags behind is brought up to date by the primary, and never goes back', async () => {
  const primary = storeWithCounts(3);
  const replica = storeWithCounts(3);
  const store: ReadOnlyEventStore = Object.assign(Object.create(primary), {
    query: (filter: EventFilter, options: ReadOptions) =>
      (options.consistency === 'eventual' ? replica : primary).query(filter, options),
  });
  const handler = queryHandler({ ...countOf, reading: 'at-once' }, { store });
  const ahead = queryHandler({ ...countOf, reading: 'at-once' }, { store: primary });
  const resumeFrom = { kept: KeptState.empty(0, (state: number) => state), maxTail: 10, isOld: false };
  primary.store('Counted', { Counter: 'a' });
  await ahead.handle({ counter: 'a' }, { resumeFrom });
  primary.store('Counted', { Counter: 'a' });
  assert.equal((await handler.handle({ counter: 'a' }, { resumeFrom })).result, 'a: 5');
});

test('An aborted signal ends a query at the store', async () => {
  const handler = queryHandler(countOf, { store: storeWithCounts(1) });
  await assert.rejects(handler.handle({ counter: 'a' }, { signal: AbortSignal.abort() }), {
    code: 'operation_canceled',
  });
});

function storeWithCounts(times: number): InMemoryEventStore {
  const store = new InMemoryEventStore();
  for (let time = 0; time < times; time += 1) store.store('Counted', { Counter: 'a' });
  return store;
}
