import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EventStore, emptyPosition } from '../../server/eventstore/event-store.ts';
import { buildStorableEvent } from '../../server/eventstore/storable-event.ts';
import { type CachingOptions, caching } from '../../server/handling/caching/caching.ts';
import { observed } from '../../server/handling/recording/observed.ts';
import type { OperationRecord } from '../../server/handling/recording/operation-record.ts';
import { createOperationRecorder } from '../../server/handling/recording/operation-recorder.ts';
import { AppendListeners, tellingAppends } from '../../server/handling/tell-appends.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { ManualClock } from './support/manual-clock.ts';
import { ScriptedHandler } from './support/scripted-handler.ts';

const a = { counter: 'a' };
const b = { counter: 'b' };

test('The same query within 100 ms is answered from the cache, one later is executed', async () => {
  const { cached, handler, clock } = cachedHandler((call) => `answer ${call}`);
  assert.deepEqual(pick(await cached.handle(a)), ['answer 1', 'miss']);
  clock.advance(100_000);
  assert.deepEqual(pick(await cached.handle(a)), ['answer 1', 'hit']);
  clock.advance(1);
  assert.deepEqual(pick(await cached.handle(a)), ['answer 2', 'miss']);
  assert.equal(handler.calls.length, 2);
});

test('The answer tells how often the cache was asked and what came of it', async () => {
  const { cached } = cachedHandler(() => 'answer');
  await Promise.all([cached.handle(a), cached.handle(a)]);
  await cached.handle(b);
  assert.deepEqual((await cached.handle(a)).cache, { use: 'hit', hits: 1, shared: 1, misses: 2 });
});

test('Queries with other input never get each other’s answer', async () => {
  const { cached } = cachedHandler((call) => `answer ${call}`);
  assert.deepEqual(pick(await cached.handle(a)), ['answer 1', 'miss']);
  assert.deepEqual(pick(await cached.handle(b)), ['answer 2', 'miss']);
  assert.deepEqual(pick(await cached.handle({ counter: 'a', page: 2 })), ['answer 3', 'miss']);
  assert.deepEqual(pick(await cached.handle({ page: 2, counter: 'a' })), ['answer 3', 'hit']);
});

test('Input that cannot be told by its content is never answered from the cache', async () => {
  const { cached, handler } = cachedHandler((call) => `answer ${call}`);
  const input = { ...a, at: new URL('https://example.org') };
  assert.equal((await cached.handle(input)).result, 'answer 1');
  assert.equal((await cached.handle(input)).result, 'answer 2');
  assert.equal(handler.calls.length, 2);
});

test('Queries at the same time share one execution, and each is told so', async () => {
  const { cached, handler } = cachedHandler((call) => `answer ${call}`);
  const answers = await Promise.all([cached.handle(a), cached.handle(a), cached.handle(a)]);
  assert.deepEqual(answers.map(pick), [
    ['answer 1', 'miss'],
    ['answer 1', 'shared'],
    ['answer 1', 'shared'],
  ]);
  assert.equal(handler.calls.length, 1);
});

test('A fault reaches all who share the execution and is not kept', async () => {
  const fault = new Error('the database is gone');
  const { cached } = cachedHandler((call) => (call === 1 ? fault : 'answer'));
  const settled = await Promise.allSettled([cached.handle(a), cached.handle(a)]);
  assert.deepEqual(
    settled.map((each) => each.status === 'rejected' && each.reason === fault),
    [true, true],
  );
  assert.deepEqual(pick(await cached.handle(a)), ['answer', 'miss']);
});

test('An append ends the answers that it changes and leaves the others', async () => {
  const { cached, store } = cachedHandler((call) => `answer ${call}`);
  await cached.handle(a);
  await cached.handle(b);
  await append(store, 'Counted', { Counter: 'a' });
  assert.deepEqual(pick(await cached.handle(a)), ['answer 3', 'miss']);
  assert.deepEqual(pick(await cached.handle(b)), ['answer 2', 'hit']);
  await append(store, 'Forgotten', { Counter: 'a' });
  await append(store, 'Counted', { Counter: 7, Other: 'a' });
  assert.deepEqual(pick(await cached.handle(a)), ['answer 3', 'hit']);
});

test('More events than can be compared one by one end all answers', async () => {
  const { cached, listeners } = cachedHandler((call) => `answer ${call}`);
  await cached.handle(a);
  const events = Array.from({ length: 3_001 }, () => event('Forgotten', {}));
  listeners.tell({ events, outcome: 'stored' });
  assert.deepEqual(pick(await cached.handle(a)), ['answer 2', 'miss']);
});

test('An answer that was being read when an append finished is neither kept nor shared afterwards', async () => {
  const reads = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const { cached, store } = cachedHandler((call) => reads[call - 1]?.promise);
  const before = cached.handle(a);
  await append(store, 'Counted', { Counter: 'a' });
  const after = cached.handle(a);
  reads[1]?.resolve('new');
  assert.deepEqual(pick(await after), ['new', 'miss']);
  reads[0]?.resolve('old');
  assert.deepEqual(pick(await before), ['old', 'miss']);
  assert.deepEqual(pick(await cached.handle(a)), ['new', 'hit']);
});

test('No more answers are kept than allowed; the one asked for longest ago goes first', async () => {
  const { cached } = cachedHandler((call) => `answer ${call}`, { maxEntries: 2 });
  for (const counter of ['a', 'b', 'a', 'c']) await cached.handle({ counter });
  assert.deepEqual(pick(await cached.handle({ counter: 'a' })), ['answer 1', 'hit']);
  assert.deepEqual(pick(await cached.handle({ counter: 'b' })), ['answer 4', 'miss']);
});

test('Who cancels leaves a shared execution to the others; when all have left, it is aborted', async () => {
  const reading = Promise.withResolvers<string>();
  const { cached, handler } = cachedHandler(() => reading.promise);
  const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()];
  const waiting = [first, second, third].map(({ signal }) => cached.handle(a, { signal }));
  first.abort();
  await assert.rejects(waiting[0] ?? assert.fail(), { code: 'operation_canceled' });
  assert.equal(handler.calls[0]?.signal?.aborted, false);
  second.abort();
  await assert.rejects(waiting[1] ?? assert.fail(), { code: 'operation_canceled' });
  third.abort();
  assert.equal(handler.calls[0]?.signal?.aborted, true);
  const later = cached.handle(a);
  assert.equal(handler.calls.length, 2);
  reading.resolve('answer');
  assert.equal((await later).result, 'answer');
  await waiting[2];
});

test('A caller without a signal keeps the execution going when all others cancel', async () => {
  const reading = Promise.withResolvers<string>();
  const { cached, handler } = cachedHandler(() => reading.promise);
  const controller = new AbortController();
  const canceled = cached.handle(a, { signal: controller.signal });
  const patient = cached.handle(a);
  controller.abort();
  await assert.rejects(canceled, { code: 'operation_canceled' });
  assert.equal(handler.calls[0]?.signal?.aborted, false);
  reading.resolve('answer');
  assert.equal((await patient).result, 'answer');
});

test('Who is cancelled already gets no answer, not even one that is there', async () => {
  const { cached } = cachedHandler(() => 'answer');
  await cached.handle(a);
  await assert.rejects(cached.handle(a, { signal: AbortSignal.abort() }), { code: 'operation_canceled' });
});

test('An operation record tells where the answer came from, of a fault as well', async () => {
  const clock = new ManualClock();
  const recorder = createOperationRecorder(clock);
  const failed: OperationRecord[] = [];
  const step = (call: number) => (call === 1 ? 'answer' : new Error('broken'));
  const { cached } = cachedHandler(step, { recorder });
  const handler = observed(cached, recorder, (record) => failed.push(record));
  const answers = await Promise.all([handler.handle(a), handler.handle(a)]);
  const hit = await handler.handle(a);
  assert.deepEqual(
    [...answers, hit].map(({ record }) => record.cache),
    ['miss', 'shared', 'hit'],
  );
  await assert.rejects(handler.handle(b));
  assert.equal(failed[0]?.cache, 'miss');
});

for (const limits of [{ ttlMs: 0 }, { ttlMs: 0.5 }, { maxEntries: 0 }, { maxEntries: Number.NaN }]) {
  test(`A cache cannot have the limits ${JSON.stringify(limits)}`, () => {
    const [field] = Object.keys(limits);
    assert.throws(() => cachedHandler(() => 'answer', limits), { code: 'invalid_setting', field });
  });
}

function cachedHandler(step: (call: number) => unknown, options: Partial<CachingOptions> = {}) {
  const clock = new ManualClock();
  const listeners = new AppendListeners();
  const store = tellingAppends(new InMemoryEventStore(), listeners);
  const handler = new ScriptedHandler(step);
  const cached = caching(handler, { appends: listeners, clock, ...options });
  return { cached, handler, clock, store, listeners };
}

interface Told {
  readonly result: string;
  readonly cache: { readonly use: string };
}

function pick({ result, cache }: Told): [string, string] {
  return [result, cache.use];
}

function event(eventType: string, payload: object) {
  return buildStorableEvent({ eventType, payload, occurredAt: new Date(0) });
}

async function append(store: EventStore, eventType: string, payload: object): Promise<void> {
  const stored = event(eventType, payload);
  await store.append(new ScriptedHandler(() => '').filter({ counter: 'nobody' }), emptyPosition, [stored]);
}
