import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { neighbour } from '../../webview/flame/navigate.ts';
import { rowsOf } from '../../webview/flame/rows.ts';
import { callTrees, treeOf } from './webview-trees.ts';

// 0 ┬ 1 ┬ 2
//   │   └ 3 (wider)
//   └ 4 ─ 5
const tree = treeOf([
  [0, 0, 100],
  [1, 0, 60],
  [2, 0, 20],
  [2, 20, 30],
  [1, 60, 40],
  [2, 60, 10],
]);
const rows = rowsOf(tree);

describe('the arrow keys', () => {
  test('lead up to the caller and down to the widest callee', () => {
    assert.equal(neighbour(tree, rows, 3, 'up'), 1);
    assert.equal(neighbour(tree, rows, 1, 'down'), 3);
  });

  test('lead along the row, also to what another caller called', () => {
    assert.equal(neighbour(tree, rows, 3, 'right'), 5);
    assert.equal(neighbour(tree, rows, 5, 'left'), 3);
    assert.equal(neighbour(tree, rows, 3, 'first'), 2);
    assert.equal(neighbour(tree, rows, 2, 'last'), 5);
  });

  test('stay where they are at the edges', () => {
    assert.equal(neighbour(tree, rows, 0, 'up'), 0);
    assert.equal(neighbour(tree, rows, 2, 'left'), 2);
    assert.equal(neighbour(tree, rows, 5, 'right'), 5);
    assert.equal(neighbour(tree, rows, 5, 'down'), 5);
  });

  test('reach every box from every other', () => {
    fc.assert(
      fc.property(callTrees, (any) => {
        const anyRows = rowsOf(any);
        for (let box = 1; box < any.length; box++) {
          const parent = neighbour(any, anyRows, box, 'up');
          assert.equal(parent, any.parent[box]);
          const child = neighbour(any, anyRows, parent, 'down');
          assert.equal(any.parent[child], parent);
          // Along the row from the widest child every box of the row is reached.
          const end = neighbour(any, anyRows, child, 'last');
          let at = neighbour(any, anyRows, child, 'first');
          let isFound = at === box;
          while (at !== end && !isFound) {
            at = neighbour(any, anyRows, at, 'right');
            isFound = at === box;
          }
          assert.ok(isFound);
        }
      }),
      { numRuns: 30 },
    );
  });
});
