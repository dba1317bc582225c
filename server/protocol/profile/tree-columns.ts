import type { CallTree } from './call-tree.ts';

/** What a tree of boxes is made of, one entry for each box. */
export type TreeColumns = Omit<CallTree, 'view' | 'length' | 'maxDepth'>;

/** Columns for so many boxes, to be filled. */
export function emptyTreeColumns(length: number): TreeColumns {
  return {
    parent: new Int32Array(length),
    depth: new Uint16Array(length),
    kind: new Uint8Array(length),
    subject: new Uint32Array(length),
    phase: new Uint8Array(length),
    start: new Float64Array(length),
    total: new Float64Array(length),
    self: new Float64Array(length),
    count: new Uint32Array(length),
  };
}
