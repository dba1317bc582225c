import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparedCost } from '../../server/runner/compared-cost.ts';

test('the cost of a tool is what the median is above that of the same operations without it', () => {
  const cost = comparedCost({
    underTool: [400, 4_000, 400],
    before: [290, 280, 900],
    behind: [310, 320, 310],
  });
  assert.deepEqual(cost?.compared, {
    operations: 3,
    underToolMicros: 400,
    beforeMicros: 290,
    behindMicros: 310,
  });
  assert.ok(Math.abs(cost.share - 0.25) < 1e-12);
});

test('only operations with the same inputs are compared: the first ones, as many as there are of all', () => {
  const cost = comparedCost({
    underTool: [100, 100, 9_000, 9_000, 9_000],
    before: [50, 50],
    behind: [50, 50, 1],
  });
  assert.deepEqual([cost?.compared.operations, cost?.share], [2, 0.5]);
});

test('operations that are no slower under the tool cost nothing, and without any there is nothing to tell', () => {
  assert.equal(comparedCost({ underTool: [100], before: [120], behind: [110] })?.share, 0);
  assert.equal(comparedCost({ underTool: [100], before: [], behind: [] }), undefined);
});
