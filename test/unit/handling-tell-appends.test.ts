import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnknownOutcomeError } from '../../server/eventstore/errors.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type EventStore, emptyPosition } from '../../server/eventstore/event-store.ts';
import { buildStorableEvent } from '../../server/eventstore/storable-event.ts';
import { AppendListeners, type AppendNews, tellingAppends } from '../../server/handling/tell-appends.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';

const counted = buildStorableEvent({ eventType: 'Counted', payload: {}, occurredAt: new Date(0) });
const boundary = buildEventFilter().matching().anyEventTypeOf('Counted').finalize();

test('An append is told once it is stored and before whoever appended goes on', async () => {
  const engine = new InMemoryEventStore();
  const { store, told } = listened(engine);
  let toldBefore = -1;
  await store.append(boundary, emptyPosition, [counted]).then(() => {
    toldBefore = told.length;
  });
  assert.equal(toldBefore, 1);
  assert.deepEqual(told, [{ events: [counted], outcome: 'stored' }]);
  assert.equal(engine.events.length, 1);
});

test('An append that stored nothing is not told', async () => {
  const { store, told } = listened(new InMemoryEventStore());
  await store.append(boundary, emptyPosition, []);
  await store.append(boundary, emptyPosition, [counted]);
  await assert.rejects(store.append(boundary, emptyPosition, [counted]), { code: 'concurrency_conflict' });
  const signal = AbortSignal.abort();
  await assert.rejects(store.append(boundary, emptyPosition, [counted], { signal }), {
    code: 'operation_canceled',
  });
  assert.equal(told.length, 1);
});

test('An append of unknown outcome is told as such, and its fault thrown on', async () => {
  for (const fault of [new UnknownOutcomeError(), new Error('of another store')]) {
    const { store, told } = listened(failing(fault));
    await assert.rejects(store.append(boundary, emptyPosition, [counted]), (thrown) => thrown === fault);
    assert.deepEqual(told, [{ events: [counted], outcome: 'unknown' }]);
  }
});

test('A listener that throws is warned of and spoils neither the append nor the other listeners', async () => {
  const listeners = new AppendListeners();
  const told: AppendNews[] = [];
  listeners.subscribe(() => {
    throw new Error('broken listener');
  });
  listeners.subscribe((news) => told.push(news));
  const store = tellingAppends(new InMemoryEventStore(), listeners);
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
  await store.append(boundary, emptyPosition, [counted]);
  assert.equal(told.length, 1);
  assert.match((await warned).message, /broken listener/);
});

test('A listener that has left hears nothing any more', async () => {
  const listeners = new AppendListeners();
  const told: AppendNews[] = [];
  const leave = listeners.subscribe((news) => told.push(news));
  leave();
  await tellingAppends(new InMemoryEventStore(), listeners).append(boundary, emptyPosition, [counted]);
  assert.deepEqual(told, []);
});

function listened(engine: EventStore) {
  const listeners = new AppendListeners();
  const told: AppendNews[] = [];
  listeners.subscribe((news) => told.push(news));
  return { store: tellingAppends(engine, listeners), told };
}

function failing(fault: Error): EventStore {
  const engine = new InMemoryEventStore();
  engine.append = () => Promise.reject(fault);
  return engine;
}
