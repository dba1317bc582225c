import type { CallTree } from '../../server/protocol/profile/call-tree.ts';
import type { Rows } from './rows.ts';

export type Direction = 'up' | 'down' | 'left' | 'right' | 'first' | 'last';

/**
 * The box that an arrow key leads to; the same box where there is none. Up is the caller, down the widest callee,
 * left and right the neighbours in the row, whoever called them; first and last are the ends of the row.
 */
export function neighbour(tree: CallTree, rows: Rows, box: number, direction: Direction): number {
  switch (direction) {
    case 'up':
      return Math.max(0, tree.parent[box] ?? 0);
    case 'down':
      return widestChild(tree, rows, box);
    case 'left':
      return inRow(tree, rows, box, -1);
    case 'right':
      return inRow(tree, rows, box, 1);
    case 'first':
      return rows.order[rows.offset[tree.depth[box] ?? 0] ?? 0] ?? box;
    case 'last':
      return rows.order[(rows.offset[(tree.depth[box] ?? 0) + 1] ?? 0) - 1] ?? box;
  }
}

function inRow(tree: CallTree, rows: Rows, box: number, step: number): number {
  const row = tree.depth[box] ?? 0;
  const at = positionInRow(rows, row, box) + step;
  const isInRow = at >= (rows.offset[row] ?? 0) && at < (rows.offset[row + 1] ?? 0);
  return isInRow ? (rows.order[at] ?? box) : box;
}

function widestChild(tree: CallTree, rows: Rows, box: number): number {
  const row = (tree.depth[box] ?? 0) + 1;
  let widest = box;
  let width = -1;
  for (const child of childrenOf(tree, rows, box, row)) {
    const total = tree.total[child] ?? 0;
    if (total > width) {
      width = total;
      widest = child;
    }
  }
  return widest;
}

/** Preorder: the children of a box are the boxes of the next row between it and the next box of its own row. */
function* childrenOf(tree: CallTree, rows: Rows, box: number, row: number): Generator<number> {
  if (row >= rows.count) return;
  const end = rows.offset[row + 1] ?? 0;
  for (let at = positionInRow(rows, row, box); at < end; at++) {
    const child = rows.order[at] ?? 0;
    if (tree.parent[child] !== box) return;
    yield child;
  }
}

/** Position of the first box of a row that is not before `box` in preorder. */
function positionInRow({ offset, order }: Rows, row: number, box: number): number {
  let low = offset[row] ?? 0;
  let high = offset[row + 1] ?? low;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((order[middle] ?? 0) >= box) high = middle;
    else low = middle + 1;
  }
  return low;
}
