import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type EnteredPhase, PhaseStretches } from '../../server/handling/recording/phase-stretches.ts';

const phases = ['sql_build', 'sql_execute', 'unmarshal', 'project'] as const;

const moves = fc.array(
  fc.record({
    /** Which of the entered phases to leave, or none: enter one. */
    leave: fc.option(fc.nat(), { freq: 2 }),
    phase: fc.constantFrom(...phases),
    pause: fc.nat(50),
  }),
  { maxLength: 60 },
);

test('Stretches never overlap, stay in order, and cover exactly the time in which a phase was open', () => {
  fc.assert(
    fc.property(moves, (steps) => {
      const stretches = new PhaseStretches();
      const entered: EnteredPhase[] = [];
      let now = 1_000;
      let covered = 0;
      for (const { leave, phase, pause } of steps) {
        if (leave === null) entered.push(stretches.enter(phase, now));
        else for (const one of entered.splice(leave % (entered.length + 1), 1)) stretches.leave(one, now);
        if (entered.length > 0) covered += pause;
        now += pause;
      }
      stretches.leaveAll(now);
      let end = 1_000;
      for (const { startMicros, durationMicros } of stretches.spans) {
        assert.ok(startMicros >= end, 'stretches overlap or go back in time');
        assert.ok(durationMicros > 0);
        end = startMicros + durationMicros;
      }
      assert.ok(end <= now);
      assert.equal(
        stretches.spans.reduce((sum, { durationMicros }) => sum + durationMicros, 0),
        covered,
      );
    }),
    { numRuns: 500 },
  );
});
