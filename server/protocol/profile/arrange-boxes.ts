import type { BoxBuilder } from './box-builder.ts';
import { BOX_KINDS, type CallTree, type TreeShape } from './call-tree.ts';

/**
 * Puts boxes into the order in which they are drawn and side by side: preorder, siblings by rank, then widest first,
 * then as first seen. Keeps its own stack, so that depth costs no recursion.
 */
export function arrangeBoxes<Shape extends TreeShape>(boxes: BoxBuilder, view: Shape): CallTree<Shape> {
  const total = boxes.sumUp();
  const children = childLists(boxes, total);
  const tree = emptyTree(view, boxes.length);
  const placed = new Int32Array(boxes.length);
  const pending = new Int32Array(boxes.length);
  let waiting = 1; // pending[0] is 0: the root
  let maxDepth = 0;
  for (let at = 0; waiting > 0; at++) {
    const box = pending[--waiting] ?? 0;
    placed[box] = at;
    copyBox(boxes, box, tree, at);
    tree.parent[at] = box === 0 ? -1 : (placed[boxes.parent[box] ?? 0] ?? 0);
    tree.total[at] = total[box] ?? 0;
    maxDepth = Math.max(maxDepth, tree.depth[at] ?? 0);
    for (let child = (children.first[box + 1] ?? 0) - 1; child >= (children.first[box] ?? 0); child--) {
      pending[waiting++] = children.list[child] ?? 0;
    }
  }
  setStarts(tree);
  return { ...tree, maxDepth };
}

function emptyTree<Shape extends TreeShape>(view: Shape, length: number): CallTree<Shape> {
  return {
    view,
    length,
    maxDepth: 0,
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

function copyBox(boxes: BoxBuilder, box: number, tree: CallTree<TreeShape>, at: number): void {
  tree.depth[at] = boxes.depth[box] ?? 0;
  tree.kind[at] = boxes.kind[box] ?? 0;
  tree.subject[at] = boxes.subject[box] ?? 0;
  tree.phase[at] = boxes.phase[box] ?? 0;
  tree.self[at] = boxes.self[box] ?? 0;
  tree.count[at] = boxes.count[box] ?? 0;
}

/** Children begin at their parent's left edge and follow each other; what is left at the right is the parent itself. */
function setStarts(tree: CallTree<TreeShape>): void {
  const nextChild = new Float64Array(tree.length);
  for (let at = 1; at < tree.length; at++) {
    const parent = tree.parent[at] ?? 0;
    const start = nextChild[parent] ?? 0;
    tree.start[at] = start;
    nextChild[at] = start;
    nextChild[parent] = start + (tree.total[at] ?? 0);
  }
}

interface ChildLists {
  /** The children of box b are list[first[b]] to list[first[b + 1] - 1]. */
  readonly first: Int32Array;
  readonly list: Int32Array;
}

function childLists(boxes: BoxBuilder, total: Float64Array): ChildLists {
  const first = new Int32Array(boxes.length + 2);
  for (let box = 1; box < boxes.length; box++) {
    const slot = (boxes.parent[box] ?? 0) + 2;
    first[slot] = (first[slot] ?? 0) + 1;
  }
  for (let slot = 2; slot < first.length; slot++) first[slot] = (first[slot] ?? 0) + (first[slot - 1] ?? 0);
  // first[b + 1] now is where the list of b begins; filling moves it to where the list ends, which is what it shall be.
  const list = new Int32Array(boxes.length);
  for (let box = 1; box < boxes.length; box++) {
    const slot = (boxes.parent[box] ?? 0) + 1;
    const free = first[slot] ?? 0;
    list[free] = box;
    first[slot] = free + 1;
  }
  const byTotal = (one: number, other: number) => (total[other] ?? 0) - (total[one] ?? 0);
  const byRank = (one: number, other: number) => rank(boxes, one) - rank(boxes, other) || byTotal(one, other);
  for (let box = 0; box < boxes.length; box++) {
    const from = first[box] ?? 0;
    const to = first[box + 1] ?? 0;
    if (to - from > 1) sortSiblings(list, { from, to }, boxes.kind[box] === FRAME ? byTotal : byRank);
  }
  return { first, list };
}

type Order = (one: number, other: number) => number;

/** Up to here putting each in its place among those before it is faster than a general sort. */
const FEW = 16;

function sortSiblings(
  list: Int32Array,
  { from, to }: { readonly from: number; readonly to: number },
  order: Order,
): void {
  if (to - from > FEW) {
    list.subarray(from, to).sort(order);
    return;
  }
  for (let at = from + 1; at < to; at++) {
    const box = list[at] ?? 0;
    let place = at;
    while (place > from && order(list[place - 1] ?? 0, box) > 0) {
      list[place] = list[place - 1] ?? 0;
      place--;
    }
    list[place] = box;
  }
}

const FRAME = BOX_KINDS.indexOf('frame');
const PHASE = BOX_KINDS.indexOf('phase');
const UNATTRIBUTED = BOX_KINDS.indexOf('unattributed');

/** Phases stand in their own order; `unattributed`, `outside` and `unsampled` behind everything else. */
function rank(boxes: BoxBuilder, box: number): number {
  const kind = boxes.kind[box] ?? 0;
  if (kind >= UNATTRIBUTED) return 256;
  return kind === PHASE ? (boxes.subject[box] ?? 0) : 0;
}
