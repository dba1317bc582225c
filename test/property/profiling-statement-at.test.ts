import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { statementAt } from '../../server/profiling/phases/statement-at.ts';
import { traceOf } from '../unit/profiling-captures.ts';

const span = fc.record({ start: fc.nat({ max: 100 }), length: fc.nat({ max: 60 }) });

test('of any statements, the first of those that share most time with a row is found', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 12 }), fc.array(span, { maxLength: 6 }), (list, rows) => {
      const statements = list.map(({ start, length }, at) => ({
        label: `${at}`,
        startMicros: start,
        durationMicros: length,
      }));
      const find = statementAt([{ ...traceOf('0-200', []), statements }]);
      for (const { start, length } of rows) {
        const found = find({ operation: 0, phase: 0, startMicros: start, endMicros: start + length });
        assert.equal(found, bestOf(statements, start, start + length));
      }
    }),
  );
});

function bestOf(
  statements: readonly { label: string; startMicros: number; durationMicros: number }[],
  start: number,
  end: number,
): string | undefined {
  let best: string | undefined;
  let most = 0;
  for (const { label, startMicros, durationMicros } of statements.toSorted(
    (a, b) => a.startMicros - b.startMicros,
  )) {
    const shared = Math.min(startMicros + durationMicros, end) - Math.max(startMicros, start);
    if (shared > most) [best, most] = [label, shared];
  }
  return best;
}
