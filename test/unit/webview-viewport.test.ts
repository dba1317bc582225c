import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { between } from '../../webview/flame/glide.ts';
import {
  type Axis,
  panBy,
  reveal,
  smallestSpan,
  type Viewport,
  wholeOf,
  within,
  zoomAt,
  zoomTo,
} from '../../webview/flame/viewport.ts';

const axes = fc.record({
  total: fc.double({ min: 1, max: 1e12, noNaN: true }),
  width: fc.integer({ min: 1, max: 8000 }),
});
const share = fc.double({ min: 0, max: 1, noNaN: true });

function isLawful({ start, span }: Viewport, axis: Axis): boolean {
  return start >= 0 && span > 0 && start + span <= axis.total * (1 + 1e-12);
}

describe('the viewport', () => {
  test('stays inside the axis whatever is done with it', () => {
    const step = fc.oneof(
      fc.record({ factor: fc.double({ min: 1e-6, max: 1e6, noNaN: true }), at: share }),
      fc.record({ pan: fc.double({ min: -1e12, max: 1e12, noNaN: true }) }),
      fc.record({ start: share, span: share }),
    );
    fc.assert(
      fc.property(axes, fc.array(step, { maxLength: 30 }), (axis, steps) => {
        let viewport = wholeOf(axis);
        for (const change of steps) {
          if ('factor' in change) viewport = zoomAt(viewport, change.factor, change.at * axis.total, axis);
          else if ('pan' in change) viewport = panBy(viewport, change.pan, axis);
          else viewport = zoomTo(change.start * axis.total, change.span * axis.total, axis);
          assert.ok(isLawful(viewport, axis), JSON.stringify(viewport));
        }
      }),
    );
  });

  test('keeps the point below the pointer where it is while zooming in', () => {
    fc.assert(
      fc.property(axes, share, (axis, at) => {
        const micros = at * axis.total;
        const before = wholeOf(axis);
        const after = zoomAt(before, 8, micros, axis);
        const placeBefore = (micros - before.start) / before.span;
        const placeAfter = (micros - after.start) / after.span;
        assert.ok(Math.abs(placeBefore - placeAfter) < 1e-9);
      }),
    );
  });

  test('ends zooming where a pixel can still be placed to a part of it', () => {
    fc.assert(
      fc.property(axes, (axis) => {
        const span = smallestSpan(axis);
        // Half a unit in the last place at the far end of the axis, in pixels of the deepest zoom.
        const error = ((axis.total * 2 ** -53) / span) * axis.width;
        assert.ok(error <= 1 / 64 + 1e-12 || span === axis.total, `${error} pixels`);
      }),
    );
  });

  test('reveals a box by the shortest way and does not move for what is visible', () => {
    const axis = { total: 1000, width: 100 };
    const viewport = { start: 400, span: 100 };
    assert.deepEqual(reveal(viewport, 450, 10, axis), viewport);
    assert.equal(reveal(viewport, 520, 10, axis).span, 100);
    const moved = reveal(viewport, 520, 10, axis);
    assert.ok(moved.start + moved.span >= 530 && moved.start < 520);
    assert.deepEqual(reveal(viewport, 300, 500, axis), viewport);
  });

  test('takes over a saved place that no longer fits', () => {
    const axis = { total: 100, width: 10 };
    assert.deepEqual(within({ start: 5000, span: 50 }, axis), { start: 50, span: 50 });
    assert.deepEqual(within({ start: 10, span: 5000 }, axis), { start: 0, span: 100 });
  });

  test('glides without swaying: the point below the pointer stays all the way', () => {
    fc.assert(
      fc.property(share, share, fc.double({ min: 1.1, max: 100, noNaN: true }), (at, way, factor) => {
        const axis = { total: 1e6, width: 1000 };
        const from = wholeOf(axis);
        const to = zoomAt(from, factor, at * axis.total, axis);
        const middle = between(from, to, way);
        const place = (at * axis.total - middle.start) / middle.span;
        assert.ok(Math.abs(place - at) < 1e-6, `${place} instead of ${at}`);
      }),
    );
  });
});
