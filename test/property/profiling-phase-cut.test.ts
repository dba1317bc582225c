import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cutByPhase, type PhaseCut } from '../../server/profiling/phases/phase-cut.ts';
import { phaseTotals } from '../../server/profiling/phases/phase-totals.ts';
import type { OperationTrace, PhaseSpan } from '../../server/protocol/operation-trace.ts';
import { PHASES, UNATTRIBUTED } from '../../server/protocol/phase.ts';

/** Microseconds since some machine's start: three weeks, where a double resolves a quarter of a nanosecond. */
const UPTIME = 1.8e12 + 0.123;
const ROUNDING = 0.01;

const length = fc.double({ min: 0.05, max: 500, noNaN: true });
const gap = fc.oneof(fc.constant(0), length);
const phaseRuns = fc.array(fc.tuple(gap, fc.constantFrom(...PHASES), length), { maxLength: 8 });
const operationRuns = fc.array(fc.tuple(gap, phaseRuns, gap), { maxLength: 8 });

/** Operations one after the other, with phases one after the other, and gaps between all of them. */
const captures = fc.record({
  operations: operationRuns,
  tail: gap,
  steps: fc.array(gap, { maxLength: 200 }),
});
type Capture = typeof captures extends fc.Arbitrary<infer Value> ? Value : never;

function cut({ operations, tail, steps }: Capture): {
  result: PhaseCut;
  traces: OperationTrace[];
  times: number[];
} {
  let now = UPTIME;
  const advance = (micros: number) => {
    now += micros;
    return now;
  };
  const traces = operations.map(([before, phases, behind], iteration): OperationTrace => {
    const startMicros = advance(before);
    const spans = phases.map(([pause, phase, durationMicros]): PhaseSpan => {
      const span = { phase, startMicros: advance(pause), durationMicros };
      advance(durationMicros);
      return span;
    });
    advance(behind);
    return {
      handler: `handler ${iteration % 3}`,
      kind: 'query',
      iteration,
      startMicros,
      durationMicros: now - startMicros,
      phases: spans,
      eventsReadByType: {},
      eventsAppended: 0,
      outcome: 'answered',
    };
  });
  const endMicros = now + tail;
  const times: number[] = [];
  for (const step of steps) times.push(Math.min(endMicros, (times.at(-1) ?? UPTIME) + step));
  const captured = {
    length: times.length,
    time: Float64Array.from(times),
    node: Uint32Array.from(times, (_, at) => at + 1),
  };
  const result = cutByPhase(captured, traces, {
    span: { startMicros: UPTIME, endMicros },
    nodeOfRow: (node) => node,
    // Each third sample reaches to the next, others less far.
    reach: {
      count: times.length,
      until: (at) => (at % 3 === 0 ? Number.POSITIVE_INFINITY : (times[at] ?? 0) + 7 * (at % 3)),
    },
  });
  return { result, traces, times };
}

test('the durations of each phase of each operation add up to what was recorded', () => {
  fc.assert(
    fc.property(captures, (capture) => {
      const { result, traces } = cut(capture);
      traces.forEach((trace, operation) => {
        for (const { phase, totalMicros } of phaseTotals([trace])) {
          const booked = durationOf(result, operation, PHASES.indexOf(phase as (typeof PHASES)[number]));
          assertClose(booked, totalMicros, `${phase} of operation ${operation}`);
        }
      });
    }),
    { numRuns: 500 },
  );
});

test('every captured sample is one row that says so, and no other row does', () => {
  fc.assert(
    fc.property(captures, (capture) => {
      const { result, times } = cut(capture);
      const { samples } = result;
      assert.deepEqual(
        [...samples.node.filter((_, row) => samples.captured[row] === 1)],
        times.map((_, at) => at + 1),
      );
      assert.ok(samples.node.every((node, row) => samples.captured[row] === 1 || node === 0));
    }),
    { numRuns: 500 },
  );
});

test('rows follow each other without gap or overlap from the origin to the end', () => {
  fc.assert(
    fc.property(captures, (capture) => {
      const { samples, durationMicros } = cut(capture).result;
      let end = 0;
      for (let row = 0; row < samples.length; row++) {
        assertClose(samples.time[row] ?? Number.NaN, end, `row ${row}`);
        assert.ok((samples.duration[row] ?? -1) >= 0);
        end = (samples.time[row] ?? 0) + (samples.duration[row] ?? 0);
      }
      assertClose(end, durationMicros, 'the end');
    }),
    { numRuns: 500 },
  );
});

test('every sample is one row, in its order, and other rows have no stack', () => {
  fc.assert(
    fc.property(captures, (capture) => {
      const { result, times } = cut(capture);
      const nodes = Array.from(result.samples.node).filter((node) => node !== 0);
      assert.deepEqual(
        nodes,
        times.map((_, at) => at + 1),
      );
    }),
    { numRuns: 500 },
  );
});

test('a row is booked on the phase in which its sample was taken', () => {
  fc.assert(
    fc.property(captures, (capture) => {
      const { result, times } = cut(capture);
      const { samples, originMicros } = result;
      for (let row = 0; row < samples.length; row++) {
        const node = samples.node[row] ?? 0;
        if (node === 0) continue;
        const taken = (times[node - 1] ?? 0) - originMicros;
        const start = samples.time[row] ?? 0;
        // The first row of a stretch reaches back to its start, never beyond the sample itself.
        assert.ok(start <= taken + ROUNDING, `row ${row} begins at ${start}, behind its sample at ${taken}`);
        assert.ok(
          taken <= start + (samples.duration[row] ?? 0) + ROUNDING,
          `row ${row} ends before its sample`,
        );
      }
    }),
    { numRuns: 500 },
  );
});

test('shares of phase totals add up to the whole', () => {
  fc.assert(
    fc.property(captures, (capture) => {
      const { traces } = cut(capture);
      const wall = traces.reduce((sum, trace) => sum + trace.durationMicros, 0);
      const totals = phaseTotals(traces);
      assertClose(sumOf(totals.map((total) => total.totalMicros)), wall, 'total');
      if (wall > 0) assertClose(sumOf(totals.map((total) => total.share)) * wall, wall, 'shares');
      if (traces.length > 0) assert.equal(totals.at(-1)?.phase, UNATTRIBUTED);
    }),
  );
});

function durationOf({ samples }: PhaseCut, operation: number, phase: number): number {
  let sum = 0;
  for (let row = 0; row < samples.length; row++) {
    const isSame =
      samples.operation[row] === operation && samples.phase[row] === (phase === -1 ? 255 : phase);
    if (isSame) sum += samples.duration[row] ?? 0;
  }
  return sum;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Each border may be off by what times of this size are rounded to. */
function assertClose(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= ROUNDING * 10, `${what}: ${actual} is not ${expected}`);
}
