import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hitTest } from '../../webview/flame/hit-test.ts';
import { layout } from '../../webview/flame/layout.ts';
import { rowsOf } from '../../webview/flame/rows.ts';
import { callTrees, treeOf } from './webview-trees.ts';

const windows = fc.record({
  tree: callTrees,
  width: fc.integer({ min: 1, max: 2000 }),
  from: fc.double({ min: 0, max: 0.99, noNaN: true }),
  share: fc.double({ min: 1e-6, max: 1, noNaN: true }),
  firstRow: fc.integer({ min: 0, max: 3 }),
});

function laidOut({
  tree,
  width,
  from,
  share,
  firstRow,
}: typeof windows extends fc.Arbitrary<infer T> ? T : never) {
  const total = tree.total[0] ?? 0;
  const viewport = { start: from * total, span: Math.min(share, 1 - from) * total };
  const rows = rowsOf(tree);
  const picture = layout(tree, rows, { viewport, width, firstRow, rowCount: 5 });
  return { tree, rows, picture, viewport, width };
}

describe('the layout', () => {
  test('gives every drawn box a place at whose centre it is hit', () => {
    fc.assert(
      fc.property(windows, (drawn) => {
        const { picture } = laidOut(drawn);
        for (let row = 0; row < picture.rowCount; row++) {
          for (let entry = picture.rowStart[row] ?? 0; entry < (picture.rowStart[row + 1] ?? 0); entry++) {
            const centre = Math.floor(((picture.left[entry] ?? 0) + (picture.right[entry] ?? 0)) / 2);
            assert.equal(hitTest(picture, centre, picture.firstRow + row), entry);
          }
        }
      }),
    );
  });

  test('draws every visible box, alone or in a run, and none twice', () => {
    fc.assert(
      fc.property(windows, (drawn) => {
        const { tree, rows, picture, viewport } = laidOut(drawn);
        for (let row = 0; row < picture.rowCount; row++) {
          const seen: number[] = [];
          for (let entry = picture.rowStart[row] ?? 0; entry < (picture.rowStart[row + 1] ?? 0); entry++) {
            const first = picture.first[entry] ?? 0;
            for (let at = first; at < first + (picture.count[entry] ?? 0); at++)
              seen.push(rows.order[at] ?? -1);
          }
          const wanted = Array.from(rows.order).filter((box) => {
            const start = tree.start[box] ?? 0;
            const isInRow = tree.depth[box] === picture.firstRow + row;
            return (
              isInRow &&
              start < viewport.start + viewport.span &&
              start + (tree.total[box] ?? 0) > viewport.start
            );
          });
          assert.deepEqual(seen, wanted);
        }
      }),
    );
  });

  test('keeps the boxes of a row apart and on the screen, within two pixels of where they belong', () => {
    fc.assert(
      fc.property(windows, (drawn) => {
        const { tree, picture, viewport, width } = laidOut(drawn);
        const scale = width / viewport.span;
        for (let row = 0; row < picture.rowCount; row++) {
          let free = 0;
          for (let entry = picture.rowStart[row] ?? 0; entry < (picture.rowStart[row + 1] ?? 0); entry++) {
            const [left = -1, right = -1] = [picture.left[entry], picture.right[entry]];
            assert.ok(left >= free && right > left && right <= width, `${free} ${left} ${right} ${width}`);
            free = right;
            const box = picture.box[entry] ?? 0;
            const from = Math.max(0, ((tree.start[box] ?? 0) - viewport.start) * scale);
            assert.ok(left <= from + 2, `${left} is too far right of ${from}`);
          }
        }
      }),
    );
  });

  test('cuts a long run of narrow boxes into pieces, so that the colours of places stay apart', () => {
    const narrow = Array.from({ length: 1000 }, (_, at) => [1, at, 1] as const);
    const tree = treeOf([[0, 0, 1000], ...narrow]);
    const picture = layout(tree, rowsOf(tree), {
      viewport: { start: 0, span: 1000 },
      width: 100,
      firstRow: 1,
      rowCount: 1,
    });
    assert.ok(picture.length >= 25, `${picture.length} pieces`);
    assert.equal(
      picture.count.slice(0, picture.length).reduce((sum, count) => sum + count, 0),
      1000,
    );
  });

  test('lets a box keep its row when a narrow neighbour needs a pixel at the right edge', () => {
    const tree = treeOf([
      [0, 0, 1000],
      [1, 0, 999.9],
      [1, 999.9, 0.1],
    ]);
    const picture = layout(tree, rowsOf(tree), {
      viewport: { start: 0, span: 1000 },
      width: 100,
      firstRow: 1,
      rowCount: 1,
    });
    assert.deepEqual([...picture.left.slice(0, 2)], [0, 99]);
    assert.deepEqual([...picture.right.slice(0, 2)], [99, 100]);
    assert.deepEqual([...picture.count.slice(0, 2)], [1, 1]);
  });

  test('leaves out a box that ends where the screen begins, and one that begins where it ends', () => {
    const tree = treeOf([
      [0, 0, 300],
      [1, 0, 100],
      [1, 100, 100],
      [1, 200, 100],
    ]);
    const picture = layout(tree, rowsOf(tree), {
      viewport: { start: 100, span: 100 },
      width: 100,
      firstRow: 1,
      rowCount: 1,
    });
    assert.deepEqual([...picture.box.slice(0, picture.length)], [2]);
  });

  test('draws nothing of a tree without time', () => {
    const tree = treeOf([[0, 0, 0]]);
    const window = { viewport: { start: 0, span: 0 }, width: 100, firstRow: 0, rowCount: 3 };
    assert.equal(layout(tree, rowsOf(tree), window).length, 0);
  });

  test('hits nothing beside the boxes and outside of the drawn rows', () => {
    const tree = treeOf([
      [0, 0, 100],
      [1, 50, 20],
    ]);
    const picture = layout(tree, rowsOf(tree), {
      viewport: { start: 0, span: 100 },
      width: 100,
      firstRow: 0,
      rowCount: 2,
    });
    assert.equal(hitTest(picture, 49, 1), -1);
    assert.equal(hitTest(picture, 70, 1), -1);
    assert.equal(hitTest(picture, 60, 2), -1);
    assert.equal(hitTest(picture, 60, -1), -1);
    assert.equal(picture.box[hitTest(picture, 69, 1)], 1);
  });
});
