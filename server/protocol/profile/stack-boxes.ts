import { NO_PHASE } from '../phase.ts';
import { BOX_KINDS } from './call-tree.ts';
import type { FrameTable } from './profile.ts';
import type { StackForest } from './stack-forest.ts';
import type { TreeWriter } from './tree-writer.ts';

const FRAME = BOX_KINDS.indexOf('frame');

/** The deepest stack has 65,000 calls, see `checkProfile`. */
const LEVELS = 2 ** 16;

/** Up to here putting each in its place among those before it is faster than a general sort. */
const FEW = 16;

/**
 * Draws stacks: equal ones (the same frames from the top down) as one box, in preorder, siblings widest first and then as
 * first seen. All children of a box are looked at together, wherever they stand in the capture, so those of the same
 * frame meet in a table by frame: no hash, and no box that would have to be moved later.
 */
export class StackBoxes {
  readonly #forest: StackForest;
  readonly #tree: TreeWriter;
  // By the first place of a box that waits to be drawn: its width, and its other places as a chain.
  readonly #total: Float64Array;
  readonly #nextMember: Int32Array;
  // By frame: the box whose children are looked at, and where among those that wait its child of this frame is.
  readonly #above: Int32Array;
  readonly #waitingAt: Int32Array;
  readonly #waiting: Int32Array;
  readonly #depth: Uint16Array;
  // By depth: the box that is open, and where its next child begins.
  readonly #open = new Int32Array(LEVELS);
  readonly #cursor = new Float64Array(LEVELS);

  constructor(forest: StackForest, frames: FrameTable, tree: TreeWriter) {
    this.#forest = forest;
    this.#tree = tree;
    this.#total = forest.total.slice();
    this.#nextMember = new Int32Array(forest.length);
    this.#above = new Int32Array(frames.length).fill(-1);
    this.#waitingAt = new Int32Array(frames.length);
    this.#waiting = new Int32Array(forest.length);
    this.#depth = new Uint16Array(forest.length);
  }

  /** Draws the stacks that begin with `first` and its siblings below a box that was written, from its left edge on; returns where they end. */
  draw(first: number, above: number): number {
    const { depth, start } = this.#tree.columns;
    const level = (depth[above] ?? 0) + 1;
    this.#open[level] = above;
    this.#cursor[level] = start[above] ?? 0;
    let waiting = this.#arrange(this.#addChildren(first, above, 0), 0, level);
    while (waiting > 0) {
      const place = this.#waiting[--waiting] ?? 0;
      const own = this.#depth[waiting] ?? 0;
      const at = this.#write(place, own);
      const from = waiting;
      for (let member = place; member > 0; member = this.#nextMember[member] ?? 0) {
        waiting = this.#addChildren(this.#forest.firstChild[member] ?? 0, at, waiting);
      }
      if (waiting > from) this.#arrange(waiting, from, own + 1);
    }
    return this.#cursor[level] ?? 0;
  }

  /** Adds places to those that wait to be drawn below a box; returns how many wait then. */
  #addChildren(first: number, above: number, before: number): number {
    const { frame, nextSibling, countTotal } = this.#forest;
    let waiting = before;
    for (let child = first; child > 0; child = nextSibling[child] ?? 0) {
      if (countTotal[child] === 0) continue;
      const own = frame[child] ?? 0;
      if (this.#above[own] === above) this.#join(this.#waitingAt[own] ?? 0, child);
      else {
        this.#above[own] = above;
        this.#waitingAt[own] = waiting;
        this.#waiting[waiting++] = child;
      }
    }
    return waiting;
  }

  /** Makes one box of a place and one that waits already; it stands for the one that was seen first. */
  #join(at: number, child: number): void {
    const [total, next] = [this.#total, this.#nextMember];
    const known = this.#waiting[at] ?? 0;
    const both = (total[known] ?? 0) + (total[child] ?? 0);
    if (child < known) {
      next[child] = known;
      total[child] = both;
      this.#waiting[at] = child;
      return;
    }
    next[child] = next[known] ?? 0;
    next[known] = child;
    total[known] = both;
  }

  #write(place: number, depth: number): number {
    const at = this.#tree.next(depth);
    const { columns } = this.#tree;
    const { self: selfOf, countTotal, phase: phaseOf, frame } = this.#forest;
    let self = 0;
    let count = 0;
    let phase = phaseOf[place] ?? NO_PHASE;
    for (let member = place; member > 0; member = this.#nextMember[member] ?? 0) {
      self += selfOf[member] ?? 0;
      count += countTotal[member] ?? 0;
      if (phaseOf[member] !== phase) phase = NO_PHASE;
    }
    const start = this.#cursor[depth] ?? 0;
    const total = this.#total[place] ?? 0;
    this.#cursor[depth] = start + total;
    this.#open[depth + 1] = at;
    this.#cursor[depth + 1] = start;
    columns.parent[at] = this.#open[depth] ?? 0;
    columns.depth[at] = depth;
    columns.kind[at] = FRAME;
    columns.subject[at] = frame[place] ?? 0;
    columns.phase[at] = phase;
    columns.start[at] = start;
    columns.total[at] = total;
    columns.self[at] = self;
    columns.count[at] = count;
    return at;
  }

  /** Puts the last ones that wait into their order, the first one to be drawn last: so they are taken off the end. */
  #arrange(waiting: number, from: number, depth: number): number {
    const list = this.#waiting;
    for (let at = from; at < waiting; at++) this.#depth[at] = depth;
    if (waiting - from > FEW) {
      list.subarray(from, waiting).sort((one, other) => (this.#isBefore(one, other) ? 1 : -1));
      return waiting;
    }
    for (let at = from + 1; at < waiting; at++) {
      const box = list[at] ?? 0;
      let place = at;
      while (place > from && !this.#isBefore(box, list[place - 1] ?? 0)) {
        list[place] = list[place - 1] ?? 0;
        place--;
      }
      list[place] = box;
    }
    return waiting;
  }

  #isBefore(one: number, other: number): boolean {
    const [width, otherWidth] = [this.#total[one] ?? 0, this.#total[other] ?? 0];
    return width === otherWidth ? one < other : width > otherWidth;
  }
}
