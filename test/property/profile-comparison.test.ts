import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareProfiles } from '../../server/protocol/profile/compare-profiles.ts';
import {
  ALL_PHASES,
  METRICS,
  type ProfileComparison,
  VERDICTS,
} from '../../server/protocol/profile/comparison.ts';
import { type SimulatedRun, simulatedProfile } from './support/simulated-profile.ts';

const PAIRS = 200;
/** Of 200 pairs 10 may give a false alarm; with that rate, more than 18 do in one case of 200. */
const MOST_ALARMS = 18;

/** Runs with seeds of their own. */
function runs(count: number, pair: number, facts: Omit<SimulatedRun, 'seed'> & { side: number }) {
  return Array.from({ length: count }, (_, run) =>
    simulatedProfile({ ...facts, seed: pair * 1000 + facts.side * 100 + run }),
  );
}

function alarms({ lines }: ProfileComparison): number {
  return lines.verdict.reduce((sum, verdict) => sum + (isAlarm(verdict) ? 1 : 0), 0);
}

function isAlarm(verdict: number | undefined): boolean {
  return VERDICTS[verdict ?? -1] === 'more' || VERDICTS[verdict ?? -1] === 'less';
}

for (const { title, count, spread, before, after } of [
  { title: '50 operations each', count: 1, spread: 0, before: 50, after: 50 },
  { title: '12 operations each', count: 1, spread: 0, before: 12, after: 12 },
  { title: '20 and 120 operations', count: 1, spread: 0, before: 20, after: 120 },
  { title: 'three runs each that differ by 5 %', count: 3, spread: 0.05, before: 20, after: 20 },
]) {
  test(`of ${PAIRS} pairs without a difference at most one in twenty gives an alarm: ${title}`, () => {
    let [found, tested] = [0, 0];
    for (let pair = 0; pair < PAIRS; pair++) {
      const comparison = compareProfiles(
        runs(count, pair, { side: 0, operations: before, runSpread: spread }),
        runs(count, pair, { side: 1, operations: after, runSpread: spread }),
      );
      tested += comparison.tested;
      if (alarms(comparison) > 0) found++;
    }
    assert.ok(found <= MOST_ALARMS, `${found} of ${PAIRS} pairs gave an alarm`);
    assert.ok(tested / PAIRS > 50, 'much was looked at');
  });
}

for (const { title, count, spread, operations } of [
  { title: 'in one run of 30 operations', count: 1, spread: 0, operations: 30 },
  { title: 'in three runs that differ by 5 %', count: 3, spread: 0.05, operations: 20 },
]) {
  test(`a function that busies an operation by 20 % is found, and little else: ${title}`, () => {
    const pairs = 60;
    let wrong = 0;
    for (let pair = 0; pair < pairs; pair++) {
      const comparison = compareProfiles(
        runs(count, pair, { side: 0, operations, runSpread: spread }),
        runs(count, pair, { side: 1, operations, runSpread: spread, busy: 0.2 }),
      );
      const { lines, functions } = comparison;
      const spin = functions.findIndex(({ name }) => name === 'spin');
      const line = lines.function.findIndex(
        (own, at) =>
          own === spin && lines.phase[at] === ALL_PHASES && METRICS[lines.metric[at] ?? 0] === 'self',
      );
      assert.equal(VERDICTS[lines.verdict[line] ?? -1], 'more', `pair ${pair}`);
      // 20 % of 4 ms, give or take the spread of the runs.
      assert.ok(Math.abs((lines.after[line] ?? 0) - 800) < 120, `${lines.after[line]} µs`);
      assert.ok((lines.low[line] ?? 0) > 0 && (lines.low[line] ?? 0) < 800);
      wrong += wrongShare(comparison);
    }
    // At most 5 % on average; of 60 pairs a few hundredths more are chance.
    assert.ok(wrong / pairs <= 0.09, `${wrong / pairs} of the alarms were false`);
  });
}

/** Of all alarms those of functions that are neither the busy one nor above it. */
function wrongShare(comparison: ProfileComparison): number {
  const { lines, functions } = comparison;
  const caused = new Set(['spin', 'part1', 'handle', undefined]);
  const wrong = lines.verdict.filter(
    (verdict, line) => isAlarm(verdict) && !caused.has(functions[lines.function[line] ?? -1]?.name),
  );
  return wrong.length / Math.max(1, alarms(comparison));
}
