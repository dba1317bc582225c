import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { operationSpread, remarkOn } from '../../webview/flame/operation-spread.ts';
import { formatSpread } from '../../webview/format.ts';

function spreadOf(...duration: readonly number[]) {
  const { length } = duration;
  return operationSpread({
    length,
    handler: new Uint32Array(length),
    start: new Float64Array(length),
    duration: Float64Array.from(duration),
  });
}

describe('the spread of operations', () => {
  test('has the median of all, the middle of two where their number is even', () => {
    assert.deepEqual(spreadOf(30, 10, 20), { count: 3, median: 20, min: 10, max: 30 });
    assert.equal(spreadOf(40, 10, 20, 30)?.median, 25);
    assert.equal(spreadOf(), null);
  });

  test('is remarked on where operations are few or far apart, and not else', () => {
    assert.match(remarkOn({ count: 1, median: 5, min: 5, max: 5 }) ?? '', /^Only 1 operation:/);
    assert.match(remarkOn({ count: 50, median: 180, min: 119, max: 336 }) ?? '', /2\.8 times as long/);
    assert.equal(remarkOn({ count: 50, median: 180, min: 150, max: 210 }), null);
  });

  test('is told with its unit once', () => {
    assert.equal(formatSpread(180e3, 119e3, 336e3), '180 ms (119\u2013336)');
    assert.equal(formatSpread(9e6, 8e6, 12e6), '9,000 ms (8,000 ms\u201312.0 s)');
  });
});
