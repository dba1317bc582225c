import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costLines } from '../../server/cli/cost-lines.ts';
import { COST_NOTE } from '../../server/protocol/cost-note.ts';

const samples = { count: 1_200, microsEach: 5.24 };

test('of older results the cost of measuring is told with what it is made of', () => {
  const cost = { share: 0.021, samples, borders: { count: 1, microsEach: 12.6 } };
  assert.deepEqual(costLines({ costOfMeasuring: cost }, 'the operations'), [
    'cost of measuring: about 2.1 % of the operations (1,200 samples of 5.2 µs, 1 phase border of 13 µs)',
  ]);
});

test('sampling and phases are told each by itself', () => {
  const borders = { count: 9_000, microsEach: 0.3 };
  const cost = { share: 0.021, samplingShare: 0.015, phasesShare: 0.006, samples, borders };
  const statements = { count: 700, microsEach: 2.5 };
  assert.deepEqual(costLines({ costOfMeasuring: { ...cost, statements } }, 'the operations'), [
    `cost of measuring: about 2.1 % of the operations
  sampling: 1.5 % (1,200 samples of 5.2 µs)
  phases: 0.6 % (9,000 phase borders of 0.3 µs, 700 statements of 2.5 µs)`,
  ]);
});

test('where it is known how far what was timed varied, shares are told as ranges, with what they leave out', () => {
  const part = (count: number, least: number, most: number) => ({
    count,
    microsEach: (least + most) / 2,
    microsRange: { least, most },
  });
  const cost = {
    share: 0.021,
    shareRange: { least: 0.0124, most: 0.0336 },
    samplingShare: 0.015,
    samplingRange: { least: 0.0101, most: 0.0292 },
    phasesShare: 0.006,
    phasesRange: { least: 0.00201, most: 0.00204 },
    samples: part(1_200, 4.1, 9.8),
    borders: part(9_000, 0.31, 0.33),
    statements: part(700, 2.1, 3.5),
  };
  assert.deepEqual(costLines({ costOfMeasuring: cost }, 'the operations'), [
    `cost of measuring: about 1.2–3.4 % of the operations
  sampling: 1.0–2.9 % (1,200 samples of 4.1–9.8 µs)
  phases: 0.2 % (9,000 phase borders of 0.3 µs, 700 statements of 2.1–3.5 µs)
  ${COST_NOTE}`,
  ]);
  const ofSamples = { share: cost.share, shareRange: cost.shareRange, samples: cost.samples };
  assert.deepEqual(costLines({ costOfMeasuring: ofSamples }, 'the recorded time'), [
    `cost of measuring: about 1.2–3.4 % of the recorded time (1,200 samples of 4.1–9.8 µs)\n  ${COST_NOTE}`,
  ]);
});

test('of a process that runs already it is the cost of the samples', () => {
  assert.deepEqual(costLines({ costOfMeasuring: { share: 0.5, samples } }, 'the recorded time'), [
    'cost of measuring: about 50.0 % of the recorded time (1,200 samples of 5.2 µs)',
  ]);
});

test('of a tool that starts the operations itself it is the difference to the same without it', () => {
  const compared = { operations: 50, underToolMicros: 4_000, beforeMicros: 2_900, behindMicros: 3_100 };
  assert.deepEqual(costLines({ costOfMeasuring: { share: 0.25, compared } }, 'the operations'), [
    'cost of measuring: about 25.0 % of the operations (median of 50 operations 4.00 ms under it, 2.90 ms without it before, 3.10 ms behind)',
  ]);
});

test('where it is not known, the reason is told', () => {
  assert.deepEqual(costLines({ costUnknown: 'not known, as nobody looked.' }, 'the operations'), [
    'cost of measuring: not known, as nobody looked.',
  ]);
});
