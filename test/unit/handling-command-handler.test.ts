import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConcurrencyConflictError } from '../../server/eventstore/errors.ts';
import { commandHandler } from '../../server/handling/command-handler.ts';
import { KeptState } from '../../server/handling/folding/kept-state.ts';
import { createOperationRecorder } from '../../server/handling/recording/operation-recorder.ts';
import { systemClock } from '../../server/lib/clock.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { count } from './support/counter-example.ts';

test('An accepted command appends its events, decided on a strong read and guarded by the filter it read', async () => {
  const store = new InMemoryEventStore();
  const handler = commandHandler(count, { store });
  const { outcome, reached } = await handler.handle({ counter: 'a' });
  assert.deepEqual([outcome, reached], ['accepted', 0]);
  assert.deepEqual(
    store.events.map(({ eventType, payload }) => [eventType, payload]),
    [['Counted', '{"Counter":"a"}']],
  );
  assert.deepEqual(
    store.reads.map(({ consistency }) => consistency),
    ['strong'],
  );
  assert.deepEqual(
    store.boundaries.map((boundary) => boundary.hash()),
    [count.filter({ counter: 'a' }).hash()],
  );
});

test('An idempotent command appends nothing', async () => {
  const store = new InMemoryEventStore();
  const handler = commandHandler(count, { store });
  const { outcome } = await handler.handle({ counter: 'a', upTo: 0 });
  assert.deepEqual([outcome, store.events.length], ['idempotent', 0]);
});

test('A rejection is an outcome with its reason, and its failure event is stored', async () => {
  const store = new InMemoryEventStore();
  for (let times = 0; times < 3; times += 1) store.store('Counted', { Counter: 'a' });
  const handler = commandHandler(count, { store });
  const answer = await handler.handle({ counter: 'a', upTo: 10 });
  assert.deepEqual(answer, {
    outcome: 'rejected',
    reason: 'counter is full',
    reached: 3,
    eventsFolded: 3,
  });
  assert.equal(store.events.at(-1)?.eventType, 'CountingFailed');
});

test('What was stored between read and append is a conflict, and a conflict is a fault', async () => {
  const store = new InMemoryEventStore();
  const overtaken = {
    ...count,
    marshal: (...parameters: Parameters<typeof count.marshal>) => {
      store.store('Counted', { Counter: 'a' });
      return count.marshal(...parameters);
    },
  };
  const handler = commandHandler(overtaken, { store });
  await assert.rejects(handler.handle({ counter: 'a' }), ConcurrencyConflictError);
  assert.equal(store.events.length, 1);
});

test('A command that goes on from a kept state reads its last event and the tail, and guards the whole boundary', async () => {
  const store = new InMemoryEventStore();
  for (let times = 0; times < 2; times += 1) store.store('Counted', { Counter: 'a' });
  const handler = commandHandler(count, { store });
  const resumeFrom = { kept: KeptState.empty(0, (state) => state), maxTail: 10, isOld: false };
  await handler.handle({ counter: 'a' }, { resumeFrom });
  const resumed = await handler.handle({ counter: 'a', upTo: 10 }, { resumeFrom });
  assert.deepEqual([resumed.outcome, resumed.reached, resumed.eventsFolded], ['rejected', 3, 1]);
  assert.equal(store.queries.at(-1)?.sequenceNumberHigherThan, 1);
  assert.equal(store.boundaries.at(-1)?.sequenceNumberHigherThan, 0);
});

test('An aborted signal ends a command at the store', async () => {
  const store = new InMemoryEventStore();
  const handler = commandHandler(count, { store });
  await assert.rejects(handler.handle({ counter: 'a' }, { signal: AbortSignal.abort() }), {
    code: 'operation_canceled',
  });
  assert.equal(store.events.length, 0);
});

test('A command passes through its phases in order', async () => {
  const recorder = createOperationRecorder(systemClock);
  const handler = commandHandler(count, { store: new InMemoryEventStore(), phases: recorder });
  const operation = { handler: handler.name, kind: handler.kind, iteration: 0 };
  const { phases } = await recorder.record(operation, () => handler.handle({ counter: 'a' }));
  const distinct = [...new Set(phases.map(({ phase }) => phase))];
  assert.deepEqual(distinct, [
    'filter_build',
    'sql_execute',
    'unmarshal',
    'project',
    'decide',
    'marshal',
    'append',
  ]);
});
