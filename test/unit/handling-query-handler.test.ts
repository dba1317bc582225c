import assert from 'node:assert/strict';
import { test } from 'node:test';
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
    reached: { state: 5, sequenceNumber: 5 },
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
  assert.deepEqual([result, reached], ['a: 0', { state: 0, sequenceNumber: 0 }]);
});

test('A query that resumes from a state reads only what came after it, and tells how far it got', async () => {
  const store = storeWithCounts(3);
  const handler = queryHandler(countOf, { store });
  const { reached } = await handler.handle({ counter: 'a' });
  const nothingNew = await handler.handle({ counter: 'a' }, { resumeFrom: () => reached });
  assert.deepEqual(nothingNew.reached, reached);
  store.store('Counted', { Counter: 'a' });
  const resumed = await handler.handle({ counter: 'a' }, { resumeFrom: () => ({ ...reached, state: 100 }) });
  assert.deepEqual(resumed.reached, { state: 101, sequenceNumber: 4 });
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
