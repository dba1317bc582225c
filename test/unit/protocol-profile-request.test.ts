import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRunRequest } from '../../server/protocol/parse-run-request.ts';

function parsed(fields: Readonly<Record<string, unknown>>) {
  return parseRunRequest({ kind: 'profile', handler: 'BooksInCirculation', ...fields });
}

function refused(fields: Readonly<Record<string, unknown>>) {
  const outcome = parsed(fields);
  assert.ok(!outcome.ok);
  return outcome.error;
}

test('A profile is recorded by V8, and ends by iterations, when nothing else is said', () => {
  const outcome = parsed({});
  assert.ok(outcome.ok && outcome.request.kind === 'profile');
  const { collector, stop, iterations } = outcome.request;
  assert.deepEqual([collector, stop, iterations], ['v8-cpu', undefined, 50]);
});

test('Each way to stop has its own fields, with a bound where nobody might come to stop it', () => {
  const stopOf = (stop: unknown) => {
    const outcome = parsed({ stop });
    assert.ok(outcome.ok && outcome.request.kind === 'profile');
    return outcome.request.stop;
  };
  assert.deepEqual(stopOf({ kind: 'duration', seconds: 2.5 }), { kind: 'duration', seconds: 2.5 });
  assert.deepEqual(stopOf({ kind: 'manual' }), { kind: 'manual', maxSeconds: 600 });
  assert.deepEqual(stopOf({ kind: 'slower-than', millis: 50 }), {
    kind: 'slower-than',
    millis: 50,
    maxSeconds: 60,
  });
});

test('A wrong collector is answered with those that there are', () => {
  const { field, message } = refused({ collector: 'perf' });
  assert.equal(field, 'collector');
  assert.match(message, /collector must be "v8-cpu" or "v8-heap" or .*; "perf" was given\./);
});

test('A fault inside of stop names the field by its path, and what may stand there', () => {
  const cases: [unknown, string, RegExp][] = [
    [5, 'stop', /stop must be a JSON object; 5 was given/],
    [{ kind: 'never' }, 'stop.kind', /"iterations" or "duration" or "manual" or "slower-than"; "never" was/],
    [{ kind: 'duration' }, 'stop.seconds', /a number from 0\.1 to 86,400; nothing was given/],
    [{ kind: 'slower-than', millis: 'x' }, 'stop.millis', /a number from 0\.001 to 3,600,000; "x" was/],
    [{ kind: 'manual', maxSeconds: 0 }, 'stop.maxSeconds', /from 0\.1 to 86,400; 0 was given/],
    [{ kind: 'duration', seconds: 1, millis: 2 }, 'stop.millis', /There is no field "millis" in stop\./],
  ];
  for (const [stop, field, message] of cases) {
    const error = refused({ stop });
    assert.equal(error.field, field, JSON.stringify(stop));
    assert.match(error.message, message);
  }
  assert.equal(refused({ stop: { kind: 'duration', millis: 2 } }).code, 'invalid_request');
  assert.match(refused({ stop: { kind: 'manual', seconds: 2 } }).advice ?? '', /kind, maxSeconds/);
});

test('What only a recording of the heap looks at is refused of the others', () => {
  const { field, message, advice } = refused({ heapObjects: 'live' });
  assert.equal(field, 'heapObjects');
  assert.equal(message, 'heapObjects belongs to the collector v8-heap; v8-cpu would not look at it.');
  assert.match(advice ?? '', /v8-heap/);
  assert.ok(parsed({ heapObjects: 'live', collector: 'v8-heap' }).ok);
});
