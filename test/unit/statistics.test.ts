import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discoveries } from '../../server/protocol/statistics/benjamini-hochberg.ts';
import { logGamma } from '../../server/protocol/statistics/log-gamma.ts';
import { twoSidedP, twoSidedQuantile } from '../../server/protocol/statistics/student-t.ts';

function assertNear(actual: number, expected: number, relative = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} is not ${expected}`);
}

test('the t distribution agrees with closed forms and with the tables', () => {
  // With one degree of freedom it is Cauchy's distribution, with two it has a closed form.
  for (const t of [0.1, 1, 5, 12.7062047361747, 1000]) {
    assertNear(twoSidedP(t, 1), 1 - (2 / Math.PI) * Math.atan(t), 1e-8);
    assertNear(twoSidedP(t, 2), 1 - t / Math.sqrt(2 + t * t), 1e-8);
  }
  for (const [df, quantile] of [
    [1, 12.706],
    [4, 2.776],
    [10, 2.228],
    [30, 2.042],
    [1000, 1.962],
  ] as const) {
    assertNear(twoSidedQuantile(0.05, df), quantile, 3e-4);
  }
  assert.equal(twoSidedP(0, 5), 1);
  assert.equal(twoSidedP(Number.POSITIVE_INFINITY, 5), 0);
});

test('quantile and probability undo each other, also far out and between whole degrees of freedom', () => {
  for (const df of [1, 2.5, 17.3, 98]) {
    for (const p of [0.9, 0.05, 1e-4, 1e-9]) assertNear(twoSidedP(twoSidedQuantile(p, df), df), p, 1e-8);
  }
});

test('the gamma function agrees with factorials and with its value at one half', () => {
  assertNear(logGamma(5), Math.log(24));
  assertNear(logGamma(0.5), Math.log(Math.sqrt(Math.PI)));
  // One step up multiplies by the argument, on both sides of where the series begins.
  for (const x of [0.3, 11.5, 40]) assertNear(logGamma(x + 1) - logGamma(x), Math.log(x), 1e-8);
});

test('discoveries are counted as in the example of Benjamini and Hochberg', () => {
  // Their table of 15 tests: at a rate of 0.05 the four smallest are called real, by Bonferroni's rule only three.
  const published = [
    ...[0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719],
    ...[0.6528, 0.759, 1.0],
  ];
  const { count, threshold } = discoveries(Float64Array.from(published).reverse(), 0.05);
  assert.equal(count, 4);
  assertNear(threshold, (0.05 * 4) / 15);
});

test('where nothing stands out nothing is discovered', () => {
  assert.equal(discoveries(Float64Array.of(0.2, 0.04, 0.9), 0.05).count, 0);
  assert.equal(discoveries(new Float64Array(0), 0.05).count, 0);
});
