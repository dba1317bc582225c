import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operationTimes } from '../../server/protocol/operation-times.ts';
import { operationTraceSchema } from '../../server/protocol/operation-trace.ts';
import { traceOf } from './profiling-captures.ts';

test('the median of an odd number is the middle one, of an even number the mean of the middle two', () => {
  assert.deepEqual(operationTimes([9, 1, 10]), { medianMicros: 9, minMicros: 1, maxMicros: 10 });
  assert.deepEqual(operationTimes([4, 1, 10, 100]), { medianMicros: 7, minMicros: 1, maxMicros: 100 });
});

test('from 20 operations on there is a 95th percentile: at most one in twenty was longer', () => {
  const durations = Array.from({ length: 20 }, (_, at) => 20 - at);
  assert.equal(operationTimes(durations)?.p95Micros, 19);
  assert.equal(operationTimes(durations.slice(1))?.p95Micros, undefined);
  assert.equal(operationTimes(Array.from({ length: 100 }, (_, at) => at + 1))?.p95Micros, 95);
});

test('no operation has no times', () => {
  assert.equal(operationTimes([]), undefined);
});

test('a trace that was stored before appended events were recorded is still read', () => {
  const { eventsAppended, ...older } = traceOf('10-20');
  assert.equal(eventsAppended, 0);
  assert.equal(operationTraceSchema.parse(older).eventsAppended, 0);
});
