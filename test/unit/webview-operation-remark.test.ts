import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { remarkOn } from '../../webview/flame/operation-remark.ts';
import { formatSpread } from '../../webview/format.ts';

describe('the times of operations', () => {
  test('are remarked on where operations are few or far apart, and not else', () => {
    assert.match(remarkOn(1, times(5, 5)) ?? '', /^Only 1 operation:/);
    assert.match(remarkOn(50, times(180, 504)) ?? '', /2\.8 times as long as the median/);
    assert.equal(remarkOn(50, times(180, 350)), null);
  });

  test('are told with their unit once', () => {
    assert.equal(
      formatSpread({ middle: 180e3, least: 119e3, most: 336e3 }, 'microseconds'),
      '180 ms (119\u2013336)',
    );
    assert.equal(
      formatSpread({ middle: 9e6, least: 8e6, most: 12e6 }, 'microseconds'),
      '9,000 ms (8,000 ms\u201312.0 s)',
    );
  });
});

function times(medianMicros: number, p95Micros: number) {
  return { medianMicros, p95Micros };
}
