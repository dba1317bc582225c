import type { BoxBuilder } from './box-builder.ts';
import { BOX_KINDS, type CallTree, type TreeShape } from './call-tree.ts';
import { childLinks } from './child-links.ts';
import { emptyTreeColumns } from './tree-columns.ts';

/**
 * Puts boxes into the order in which they are drawn and side by side: preorder, siblings by rank, then widest first,
 * then as first seen. Keeps its own stack, so that depth costs no recursion.
 */
export function arrangeBoxes<Shape extends TreeShape>(boxes: BoxBuilder, view: Shape): CallTree<Shape> {
  const total = boxes.sumUp();
  const { firstChild, nextSibling } = childLinks(boxes.parent.subarray(0, boxes.length));
  const tree = { view, length: boxes.length, maxDepth: 0, ...emptyTreeColumns(boxes.length) };
  const pending = new Int32Array(boxes.length);
  // By depth: where the box that is open there was put. A parent is the last box before its children that is one less deep.
  const open = new Int32Array(deepest(boxes) + 2).fill(-1);
  const siblings = new Siblings(boxes, total);
  let waiting = 1; // pending[0] is 0: the root
  for (let at = 0; waiting > 0; at++) {
    const box = pending[--waiting] ?? 0;
    const depth = copyBox(boxes, box, tree, at);
    tree.parent[at] = open[depth] ?? -1;
    tree.total[at] = total[box] ?? 0;
    open[depth + 1] = at;
    const from = waiting;
    for (let child = firstChild[box] ?? 0; child > 0; child = nextSibling[child] ?? 0) {
      pending[waiting++] = child;
    }
    if (waiting > from + 1) siblings.arrange(pending, { from, to: waiting, above: box });
  }
  setStarts(tree);
  return { ...tree, maxDepth: open.length - 2 };
}

function deepest({ depth, length }: BoxBuilder): number {
  let found = 0;
  for (let box = 0; box < length; box++) {
    const own = depth[box] ?? 0;
    if (own > found) found = own;
  }
  return found;
}

/** Returns the box's depth. */
function copyBox(boxes: BoxBuilder, box: number, tree: CallTree<TreeShape>, at: number): number {
  const depth = boxes.depth[box] ?? 0;
  tree.depth[at] = depth;
  tree.kind[at] = boxes.kind[box] ?? 0;
  tree.subject[at] = boxes.subject[box] ?? 0;
  tree.phase[at] = boxes.phase[box] ?? 0;
  tree.self[at] = boxes.self[box] ?? 0;
  tree.count[at] = boxes.count[box] ?? 0;
  return depth;
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

interface SiblingRange {
  readonly from: number;
  readonly to: number;
  /** The box whose children they are. */
  readonly above: number;
}

/** Up to here putting each in its place among those before it is faster than a general sort. */
const FEW = 16;

/** Puts siblings into their order, the last one first: so they are taken off the end of a list. */
class Siblings {
  readonly #boxes: BoxBuilder;
  readonly #total: Float64Array;

  constructor(boxes: BoxBuilder, total: Float64Array) {
    this.#boxes = boxes;
    this.#total = total;
  }

  /** Given as first seen. */
  arrange(list: Int32Array, { from, to, above }: SiblingRange): void {
    const isByRank = this.#boxes.kind[above] !== FRAME;
    if (to - from > FEW) {
      list.subarray(from, to).sort((one, other) => (this.#isBefore(one, other, isByRank) ? 1 : -1));
      return;
    }
    for (let at = from + 1; at < to; at++) {
      const box = list[at] ?? 0;
      let place = at;
      while (place > from && !this.#isBefore(box, list[place - 1] ?? 0, isByRank)) {
        list[place] = list[place - 1] ?? 0;
        place--;
      }
      list[place] = box;
    }
  }

  #isBefore(one: number, other: number, isByRank: boolean): boolean {
    if (isByRank) {
      const ranks = rank(this.#boxes, one) - rank(this.#boxes, other);
      if (ranks !== 0) return ranks < 0;
    }
    const [width, otherWidth] = [this.#total[one] ?? 0, this.#total[other] ?? 0];
    return width === otherWidth ? one < other : width > otherWidth;
  }
}

const FRAME = BOX_KINDS.indexOf('frame');
const UNSAMPLED = BOX_KINDS.indexOf('unsampled');

/** `unsampled` stands behind everything else. */
function rank(boxes: BoxBuilder, box: number): number {
  return boxes.kind[box] === UNSAMPLED ? 1 : 0;
}
