import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RunValues, testDifference } from '../../server/protocol/profile/difference-test.ts';

/** A recording without operations in it. */
const whole = (mean: number, count: number): RunValues => ({
  ...{ mean, count },
  ...{ variance: Number.NaN, batches: 1, size: 1 },
});

test('two equal runs and one other are no certain difference where nothing tells how much runs differ', () => {
  const { p = 0, degreesOfFreedom } = testDifference([whole(5, 20), whole(5, 20)], [whole(6, 24)]) ?? {};
  assert.equal(degreesOfFreedom, 1);
  assert.ok(p > 0.3, String(p));
});

test('a function that only one of three runs has is more certain the more samples it has, and never sure', () => {
  const [few, many] = [12, 1_200].map((count) =>
    testDifference([whole(0, 0), whole(0, 0)], [whole(600, count)]),
  );
  assert.ok(few && few.p > 0.1, String(few?.p));
  assert.ok(many && many.p < few.p && many.p > 0.001, String(many?.p));
});

test('a difference without any spread is unknown', () => {
  assert.equal(testDifference([whole(5, 0), whole(5, 0)], [whole(6, 0)]), undefined);
});

test('no difference needs no spread', () => {
  assert.equal(testDifference([whole(0, 0), whole(0, 0)], [whole(0, 0)])?.p, 1);
});
