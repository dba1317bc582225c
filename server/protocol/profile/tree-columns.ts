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

/** The first boxes of columns. Of columns that are at least half full a copy would only take more memory. */
export function frontColumns(columns: TreeColumns, length: number): TreeColumns {
  const isFull = columns.parent.length <= 2 * length;
  const front = <T extends Column<T>>(column: T): T =>
    isFull ? column.subarray(0, length) : column.slice(0, length);
  return {
    parent: front(columns.parent),
    depth: front(columns.depth),
    kind: front(columns.kind),
    subject: front(columns.subject),
    phase: front(columns.phase),
    start: front(columns.start),
    total: front(columns.total),
    self: front(columns.self),
    count: front(columns.count),
  };
}

interface Column<T> {
  subarray(from: number, to: number): T;
  slice(from: number, to: number): T;
}
