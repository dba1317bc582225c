import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { systemClock } from '../../server/lib/clock.ts';
import { watchGc } from '../../server/profiling/capture/gc-watch.ts';
import { heapIntervalFor } from '../../server/profiling/capture/heap-interval.ts';
import { gcByPhase } from '../../server/profiling/phases/gc-by-phase.ts';
import type { GcPause } from '../../server/protocol/gc-pause.ts';
import type { OperationTrace } from '../../server/protocol/operation-trace.ts';

/** From 0 to 100 with `sql_execute` up to 40 and `project` from 50 to 100, and so on every 200. */
function operation(iteration: number): OperationTrace {
  const startMicros = iteration * 200;
  return {
    handler: 'Loans',
    kind: 'query',
    iteration,
    startMicros,
    durationMicros: 100,
    phases: [
      { phase: 'sql_execute', startMicros, durationMicros: 40 },
      { phase: 'project', startMicros: startMicros + 50, durationMicros: 50 },
    ],
    eventsReadByType: {},
    eventsAppended: 0,
    outcome: 'answered',
  };
}

const traces = [operation(0), operation(1)];
const pause = (startMicros: number, durationMicros: number, kind: GcPause['kind'] = 'minor'): GcPause => ({
  startMicros,
  durationMicros,
  kind,
});

test('A pause belongs to the operation and phase that it begins in, and its time to those that it lies in', () => {
  const { report, pauses } = gcByPhase([pause(30, 30), pause(120, 10), pause(260, 5, 'major')], traces);
  assert.deepEqual(
    pauses.map(({ operation: at, phase }) => [at, phase]),
    [
      [0, 'sql_execute'],
      [undefined, undefined],
      [1, 'project'],
    ],
  );
  assert.deepEqual(report.byPhase, [
    { phase: 'sql_execute', totalMicros: 10 },
    { phase: 'project', totalMicros: 15 },
    { phase: 'unattributed', totalMicros: 10 },
  ]);
  assert.deepEqual(
    [report.pauses, report.totalMicros, report.longestMicros, report.share],
    [3, 45, 30, 35 / 200],
  );
  assert.deepEqual(report.byKind, [
    { kind: 'minor', pauses: 2, totalMicros: 40 },
    { kind: 'major', pauses: 1, totalMicros: 5 },
  ]);
});

test('Nothing collected, or nothing executed, is nothing', () => {
  assert.deepEqual(gcByPhase([], traces).report.byPhase, []);
  assert.deepEqual(gcByPhase([], []).report.share, 0);
  assert.deepEqual(gcByPhase([pause(5, 5)], []).report.totalMicros, 5);
});

test('However pauses lie, no more of them is in phases than there is', () => {
  const some = fc.array(fc.tuple(fc.integer({ min: -50, max: 500 }), fc.integer({ min: 0, max: 80 })));
  fc.assert(
    fc.property(some, (drawn) => {
      const pauses = drawn
        .map(([start, micros]) => pause(start, micros))
        .sort((a, b) => a.startMicros - b.startMicros);
      const { report } = gcByPhase(pauses, traces);
      const inPhases = report.byPhase.reduce((sum, { totalMicros }) => sum + totalMicros, 0);
      assert.ok(inPhases <= report.totalMicros + 1e-9);
      assert.ok(Math.abs(report.share - inPhases / 200) < 1e-9);
    }),
  );
});

test('A watch sees the pauses of its time, on the clock that it was given', async () => {
  const before = systemClock.monotonicMicros();
  using watch = watchGc(systemClock);
  let sink: unknown;
  for (let made = 0; made < 200_000; made++) sink = { made, held: sink && made % 1000 ? sink : undefined };
  const pauses = await watch.stop();
  assert.ok(sink !== undefined && pauses.length > 0);
  for (const { startMicros, durationMicros } of pauses) {
    assert.ok(startMicros >= before && startMicros + durationMicros <= systemClock.monotonicMicros());
  }
});

test('The heap is sampled as finely as its marks and its samples allow', () => {
  const fine = heapIntervalFor({ bytesPerOperation: 100_000, bordersPerOperation: 20, operations: 50 });
  const coarse = heapIntervalFor({ bytesPerOperation: 5_000_000, bordersPerOperation: 20, operations: 50 });
  assert.deepEqual([fine, coarse], [256, 7813]);
  // A gigabyte in each of a thousand operations cannot be sampled more finely than marks can be told.
  assert.equal(
    heapIntervalFor({ bytesPerOperation: 1e9, bordersPerOperation: 20, operations: 1000 }),
    14_336,
  );
  assert.equal(heapIntervalFor({ bytesPerOperation: 0, bordersPerOperation: 0, operations: 1 }), 256);
});
