import type { CallTree } from '../../server/protocol/profile/call-tree.ts';

/**
 * The boxes of a call tree by depth. The boxes of row `d` are `order[offset[d]]` up to, not including,
 * `order[offset[d + 1]]`, from left to right and without overlap: what a binary search needs.
 */
export interface Rows {
  readonly count: number;
  readonly offset: Uint32Array;
  readonly order: Uint32Array;
}

/** Counting sort by depth; preorder already gives each row from left to right. */
export function rowsOf(tree: CallTree): Rows {
  const count = tree.length === 0 ? 0 : tree.maxDepth + 1;
  const offset = new Uint32Array(count + 1);
  for (let box = 0; box < tree.length; box++) {
    const next = (tree.depth[box] ?? 0) + 1;
    offset[next] = (offset[next] ?? 0) + 1;
  }
  for (let row = 0; row < count; row++) offset[row + 1] = (offset[row + 1] ?? 0) + (offset[row] ?? 0);
  const free = offset.slice();
  const order = new Uint32Array(tree.length);
  for (let box = 0; box < tree.length; box++) {
    const row = tree.depth[box] ?? 0;
    const place = free[row] ?? 0;
    order[place] = box;
    free[row] = place + 1;
  }
  return { count, offset, order };
}

/** Position in `rows.order` of the first box of a row that ends behind `micros`; the row's end if there is none. */
export function firstEndingAfter(tree: CallTree, rows: Rows, row: number, micros: number): number {
  let low = rows.offset[row] ?? 0;
  let high = rows.offset[row + 1] ?? low;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const box = rows.order[middle] ?? 0;
    if ((tree.start[box] ?? 0) + (tree.total[box] ?? 0) > micros) high = middle;
    else low = middle + 1;
  }
  return low;
}
