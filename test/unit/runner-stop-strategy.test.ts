import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { OperationRecord } from '../../server/handling/recording/operation-record.ts';
import type { ProfileRequest } from '../../server/protocol/run.ts';
import type { StopRequest } from '../../server/protocol/stop-request.ts';
import { recordOperations } from '../../server/runner/record-operations.ts';
import type { RunnableHandler } from '../../server/workload/runnable-handler.ts';

interface Played {
  readonly stop?: StopRequest;
  readonly iterations?: number;
  /** Milliseconds of each operation; the last one for all that follow. */
  readonly operations: readonly number[];
  /** Somebody stops the run during this operation. */
  readonly stoppedDuring?: number;
}

/** Records a handler whose operations take their time on a clock of their own. */
async function play({ stop, iterations = 50, operations, stoppedDuring }: Played) {
  let now = 0;
  const stopping = new AbortController();
  const lines: string[] = [];
  const shown: { done: number; total: number }[] = [];
  const handler: RunnableHandler = {
    name: 'Counting',
    kind: 'query',
    summary: '',
    lastInput: () => ({ at: now }),
    execute: async (iteration): Promise<OperationRecord> => {
      const durationMicros = (operations[iteration] ?? operations.at(-1) ?? 0) * 1000;
      if (iteration === stoppedDuring) stopping.abort();
      now += durationMicros;
      return {
        handler: 'Counting',
        kind: 'query',
        iteration,
        startMicros: now - durationMicros,
        durationMicros,
        phases: [],
        eventsReadByType: {},
        eventsAppended: 0,
        outcome: 'answered',
      };
    },
  };
  const request: ProfileRequest = {
    kind: 'profile',
    handler: 'Counting',
    collector: 'v8-cpu',
    iterations,
    ...(stop && { stop }),
    samplingIntervalMicros: 1000,
    seed: 1,
    snapshots: 'off',
  };
  const recorded = await recordOperations(
    handler,
    request,
    {
      signal: new AbortController().signal,
      stop: stopping.signal,
      progress: (_, done, total) => void shown.push({ done, total }),
      log: (line) => void lines.push(line),
    },
    { clock: { monotonicMicros: () => now } },
  );
  return { ...recorded, count: recorded.records.length, lines, shown };
}

test('By iterations a recording ends after as many operations, which is what happens when nothing is said', async () => {
  for (const stop of [{}, { stop: { kind: 'iterations' } }] as const) {
    const { count, stoppedBy, lines } = await play({ ...stop, iterations: 7, operations: [1] });
    assert.deepEqual([count, stoppedBy, lines], [7, 'iterations', []]);
  }
});

test('By duration it ends behind the operation during which the time is up, whatever iterations says', async () => {
  const stop = { kind: 'duration', seconds: 1 } as const;
  const { count, stoppedBy, shown } = await play({ stop, iterations: 2, operations: [300] });
  assert.deepEqual([count, stoppedBy], [4, 'duration']);
  assert.deepEqual(
    [shown.at(0), shown.at(-1)],
    [
      { done: 0, total: 1 },
      { done: 1, total: 1 },
    ],
  );
});

test('By hand it goes on until somebody stops it, and to its bound when nobody does', async () => {
  const stop = { kind: 'manual', maxSeconds: 2 } as const;
  const stopped = await play({ stop, operations: [100], stoppedDuring: 3 });
  assert.deepEqual([stopped.count, stopped.stoppedBy], [4, 'request'], 'the operation at hand is finished');
  const forgotten = await play({ stop, operations: [100] });
  assert.deepEqual([forgotten.count, forgotten.stoppedBy], [20, 'max-seconds']);
});

test('A run that was stopped before its first operation has one', async () => {
  const { count, stoppedBy } = await play({ operations: [1], stoppedDuring: 0 });
  assert.deepEqual([count, stoppedBy], [1, 'request']);
});

test('An operation slower than the bound is the last one, and the result names it', async () => {
  const stop = { kind: 'slower-than', millis: 50, maxSeconds: 60 } as const;
  const { count, stoppedBy, slowOperation, lines } = await play({ stop, operations: [10, 50, 51, 10] });
  assert.deepEqual([count, stoppedBy], [3, 'slow-operation']);
  assert.deepEqual(slowOperation, { iteration: 2, durationMicros: 51_000, input: { at: 111_000 } });
  assert.deepEqual(lines, ['Operation 3 took 51.0 ms, longer than 50 ms.']);
});

test('When no operation is that slow, the time that was given for it ends the recording and the log says so', async () => {
  const stop = { kind: 'slower-than', millis: 500, maxSeconds: 1 } as const;
  const { count, stoppedBy, slowOperation, lines } = await play({ stop, operations: [100, 350, 250] });
  assert.deepEqual([count, stoppedBy, slowOperation], [5, 'max-seconds', undefined]);
  assert.deepEqual(lines, ['No operation took longer than 500 ms in 1 s; the slowest of 5 took 350 ms.']);
});

const stops: fc.Arbitrary<StopRequest> = fc.oneof(
  fc.record({ kind: fc.constant('iterations' as const) }),
  fc.record({
    kind: fc.constant('duration' as const),
    seconds: fc.double({ min: 0.1, max: 3, noNaN: true }),
  }),
  fc.record({
    kind: fc.constant('manual' as const),
    maxSeconds: fc.double({ min: 0.1, max: 3, noNaN: true }),
  }),
  fc.record({
    kind: fc.constant('slower-than' as const),
    millis: fc.double({ min: 1, max: 500, noNaN: true }),
    maxSeconds: fc.double({ min: 0.1, max: 3, noNaN: true }),
  }),
);

test('Whatever ends a recording, the operation before the last one did not, and progress never passes its total', async () => {
  const durations = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      stops,
      fc.integer({ min: 1, max: 40 }),
      durations,
      fc.option(fc.nat(40)),
      async (...[stop, iterations, operations, stoppedDuring]) => {
        const played = { stop, iterations, operations };
        const { records, stoppedBy, shown } = await play({
          ...played,
          ...(stoppedDuring !== null && { stoppedDuring }),
        });
        const times = records.map(({ durationMicros }) => durationMicros);
        const beforeLast = times.slice(0, -1).reduce((sum, micros) => sum + micros, 0);
        const isTimed = stop.kind !== 'iterations';
        const bound = 'seconds' in stop ? stop.seconds : 'maxSeconds' in stop ? stop.maxSeconds : Infinity;
        assert.ok(records.length >= 1);
        assert.ok(isTimed || records.length <= iterations);
        assert.ok(beforeLast < bound * 1e6);
        if (stop.kind === 'slower-than')
          assert.ok(times.slice(0, -1).every((micros) => micros <= stop.millis * 1e3));
        if (stoppedDuring !== null) assert.ok(records.length <= stoppedDuring + 1);
        if (stoppedBy === 'request') assert.equal(records.length, (stoppedDuring ?? Number.NaN) + 1);
        assert.ok(shown.every(({ done, total }) => done <= total));
      },
    ),
    { numRuns: 200 },
  );
});
