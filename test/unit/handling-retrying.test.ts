import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ConcurrencyConflictError,
  EventStoreUnavailableError,
  InvalidEventError,
  OperationCanceledError,
  QueryTimeoutError,
  UnknownOutcomeError,
} from '../../server/eventstore/errors.ts';
import { observed } from '../../server/handling/recording/observed.ts';
import type { OperationRecord } from '../../server/handling/recording/operation-record.ts';
import { createOperationRecorder } from '../../server/handling/recording/operation-recorder.ts';
import { retryDelay } from '../../server/handling/retrying/retry-delay.ts';
import { defaultRetrySettings } from '../../server/handling/retrying/retry-settings.ts';
import { isRetryable } from '../../server/handling/retrying/retryable-fault.ts';
import {
  RetriesExhaustedError,
  type RetryingOptions,
  retrying,
} from '../../server/handling/retrying/retrying.ts';
import { createRandom, type Random } from '../../server/lib/random.ts';
import { type Sleep, systemSleep } from '../../server/lib/sleep.ts';
import { ManualClock } from './support/manual-clock.ts';
import { ScriptedHandler } from './support/scripted-handler.ts';

const input = { counter: 'a' };
const conflict = new ConcurrencyConflictError();

test('A handler that fails twice with a conflict answers the third time and tells of the first two', async () => {
  const { options, slept } = instantly();
  const handler = new ScriptedHandler((call) => (call < 3 ? conflict : 'done'));
  const { result, retries } = await retrying(handler, options).handle(input, { iteration: 7 });
  assert.equal(result, 'done');
  assert.deepEqual(retries, { attempts: 3, delayMs: 30, lastError: conflict });
  assert.deepEqual(slept, [10, 20]);
  assert.deepEqual(handler.calls, [{ iteration: 7 }, { iteration: 7 }, { iteration: 7 }]);
});

test('A handler that answers at once has one attempt, no delay and no error', async () => {
  const { options, slept } = instantly();
  const { retries } = await retrying(new ScriptedHandler(() => 'done'), options).handle(input);
  assert.deepEqual([retries, slept], [{ attempts: 1, delayMs: 0 }, []]);
});

test('When no attempt is left, the fault says how many there were, how long they waited, and why the last failed', async () => {
  const { options, slept } = instantly();
  const handler = new ScriptedHandler(() => conflict);
  await assert.rejects(retrying(handler, options).handle(input), (fault) => {
    assert.ok(fault instanceof RetriesExhaustedError);
    assert.deepEqual(
      [fault.code, fault.attempts, fault.delayMs, fault.cause],
      ['retries_exhausted', 6, 310, conflict],
    );
    assert.match(
      fault.message,
      /^Scripted failed 6 times, with 310 ms of waiting in between; the last time: Another/,
    );
    return true;
  });
  assert.deepEqual(slept, [10, 20, 40, 80, 160]);
});

test('With a single attempt allowed, the fault is thrown as it is', async () => {
  const { options } = instantly({ settings: { attempts: 1 } });
  await assert.rejects(
    retrying(new ScriptedHandler(() => conflict), options).handle(input),
    (fault) => fault === conflict,
  );
});

test('A fault that does not pass is thrown unchanged, also after others that did', async () => {
  const { options, slept } = instantly();
  const broken = new TypeError('the domain is broken');
  const handler = new ScriptedHandler((call) => (call === 1 ? conflict : broken));
  await assert.rejects(retrying(handler, options).handle(input), (fault) => fault === broken);
  assert.deepEqual([handler.calls.length, slept], [2, [10]]);
});

test('An abort ends the waiting between two attempts at once', async () => {
  const controller = new AbortController();
  const started = Promise.withResolvers<void>();
  const sleep: Sleep = (_milliseconds, signal) => {
    started.resolve();
    return systemSleep(600_000, signal);
  };
  const handler = new ScriptedHandler(() => conflict);
  const waiting = retrying(handler, { sleep }).handle(input, { signal: controller.signal });
  await started.promise;
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, (fault) => {
    assert.ok(fault instanceof OperationCanceledError);
    assert.match(String(fault.cause), /enough/);
    return true;
  });
  assert.equal(handler.calls.length, 1);
});

test('An unknown outcome is retried only where that was asked for', async () => {
  const step = (call: number) => (call === 1 ? new UnknownOutcomeError() : 'done');
  const byDefault = retrying(new ScriptedHandler(step, 'command'), instantly().options);
  await assert.rejects(byDefault.handle(input), { code: 'unknown_outcome' });
  const { options } = instantly({ afterUnknownOutcome: true });
  const { retries } = await retrying(new ScriptedHandler(step, 'command'), options).handle(input);
  assert.equal(retries.attempts, 2);
});

test('A classification of one’s own decides for the faults that it knows', async () => {
  const classify = (fault: unknown) => (fault instanceof QueryTimeoutError ? true : undefined);
  const { options } = instantly({ classify });
  const faults = [new QueryTimeoutError(), conflict];
  const handler = new ScriptedHandler((call) => faults[call - 1] ?? 'done');
  assert.equal((await retrying(handler, options).handle(input)).retries.attempts, 3);
  const never = instantly({ classify: () => false });
  await assert.rejects(
    retrying(new ScriptedHandler(() => conflict), never.options).handle(input),
    (fault) => fault === conflict,
  );
});

test('An operation record tells attempts and the waiting between them, of operations that fail as well', async () => {
  const clock = new ManualClock();
  const recorder = createOperationRecorder(clock);
  const failed: OperationRecord[] = [];
  const sleep: Sleep = async (milliseconds) => clock.advance(milliseconds * 1e3);
  const options = { recorder, sleep, random: halfway, settings: { attempts: 3 } };
  const of = (step: (call: number) => unknown) =>
    observed(retrying(new ScriptedHandler(step), options), recorder, (record) => failed.push(record));
  const { record } = await of((call) => (call < 3 ? conflict : 'done')).handle(input);
  assert.deepEqual([record.attempts, record.retryDelayMicros, record.durationMicros], [3, 30_000, 30_000]);
  const atOnce = await of(() => 'done').handle(input);
  assert.deepEqual([atOnce.record.attempts, 'retryDelayMicros' in atOnce.record], [1, false]);
  await assert.rejects(of(() => conflict).handle(input), { code: 'retries_exhausted' });
  await assert.rejects(of((call) => (call === 1 ? conflict : new InvalidEventError('x'))).handle(input));
  assert.deepEqual(
    failed.map(({ attempts, retryDelayMicros }) => [attempts, retryDelayMicros]),
    [
      [3, 30_000],
      [2, 10_000],
    ],
  );
});

test('Delays grow by the factor, stay within the jitter of their centre, and never pass the longest allowed', () => {
  const random = createRandom(1);
  for (let retry = 1; retry <= 60; retry += 1) {
    const delays = Array.from({ length: 500 }, () => retryDelay(retry, defaultRetrySettings, random));
    const centre = Math.min(10 * 2 ** (retry - 1), 1_000 / 1.3);
    const [least, most] = [Math.min(...delays), Math.max(...delays)];
    assert.ok(least >= centre * 0.7 && least < centre * 0.75, `${least} ms before retry ${retry}`);
    assert.ok(
      most <= centre * 1.3 && most > centre * 1.25 && most <= 1_000,
      `${most} ms before retry ${retry}`,
    );
  }
});

const lost = (cause: unknown) => new EventStoreUnavailableError('The database failed.', { cause });
const withCode = (code: string) => Object.assign(new Error('of the database'), { code });
const circular = new Error('circular');
circular.cause = circular;

const classified: readonly [string, unknown, { command: boolean; query: boolean }][] = [
  ['a conflict', conflict, { command: true, query: true }],
  ['an unknown outcome', new UnknownOutcomeError(), { command: false, query: false }],
  ['a server that shuts down', lost(withCode('57P01')), { command: true, query: true }],
  ['a server that starts up', lost(withCode('57P03')), { command: true, query: true }],
  ['a refused connection', lost(withCode('ECONNREFUSED')), { command: true, query: true }],
  [
    'a host with several addresses that all refuse',
    lost(new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')])),
    { command: true, query: true },
  ],
  ['a cut connection', lost(new Error('Connection terminated unexpectedly')), { command: true, query: true }],
  ['a replica’s connection that was cut', lost(lost(withCode('08006'))), { command: true, query: true }],
  ['a replica’s recovery conflict', lost(withCode('40001')), { command: true, query: true }],
  ['too many connections', lost(withCode('53300')), { command: true, query: true }],
  ['a full disk', lost(withCode('53100')), { command: false, query: false }],
  ['a wrong password', lost(withCode('28P01')), { command: false, query: false }],
  [
    'a full pool',
    lost(new Error('timeout exceeded when trying to connect')),
    { command: false, query: false },
  ],
  ['a closed store', new EventStoreUnavailableError('Closed.'), { command: false, query: false }],
  ['a time-out', new QueryTimeoutError(), { command: false, query: false }],
  ['a cancellation', new OperationCanceledError(), { command: false, query: false }],
  ['an invalid event', new InvalidEventError('x'), { command: false, query: false }],
  ['a deadlock of a handler’s own SQL', withCode('40P01'), { command: true, query: true }],
  ['a connection lost by a handler’s own SQL', withCode('ECONNRESET'), { command: false, query: true }],
  ['a fault of the domain', new TypeError('x'), { command: false, query: false }],
  ['a fault that is its own cause', circular, { command: false, query: false }],
  ['what is no error', 'thrown text', { command: false, query: false }],
];

for (const [what, fault, expected] of classified) {
  const isRetried = expected.command ? 'retried' : 'not retried';
  test(`By default ${what} is ${expected.query === expected.command ? isRetried : 'retried for queries alone'}`, () => {
    const of = (kind: 'command' | 'query') => isRetryable(fault, { kind, afterUnknownOutcome: false });
    assert.deepEqual({ command: of('command'), query: of('query') }, expected);
  });
}

/** Draws the middle of everything: no jitter. */
const halfway: Random = { ...createRandom(1), fraction: () => 0.5 };

function instantly(options: RetryingOptions = {}) {
  const slept: number[] = [];
  const sleep: Sleep = async (milliseconds) => {
    slept.push(milliseconds);
  };
  return { slept, options: { sleep, random: halfway, ...options } };
}
