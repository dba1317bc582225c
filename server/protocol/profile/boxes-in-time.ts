import { BoxBuilder } from './box-builder.ts';
import type { BoxKind, CallTree } from './call-tree.ts';
import { grown } from './grown.ts';
import { mergeEqualStacks } from './merge-equal-stacks.ts';
import type { NodeTable, Profile } from './profile.ts';

/** Microseconds. Rows further apart than this do not touch; below it lies the rounding of times since process start. */
const GAP = 0.01;

/** Stands in the place of a node where no sample was captured. */
const NO_SAMPLE = -1;

/** One box for each stretch of time in which a frame stood at its depth. Boxes are found in preorder. */
export function boxesInTime(profile: Profile): CallTree {
  const boxes = new BoxBuilder();
  const open = new OpenStack(profile, boxes);
  const { samples } = profile;
  let end = 0;
  for (let row = 0; row < samples.length; row++) {
    const time = samples.time[row] ?? 0;
    if (time > end + GAP) open.closeAll(end);
    const node = samples.captured[row] === 1 ? (samples.node[row] ?? 0) : NO_SAMPLE;
    boxes.book(open.change(node, Math.max(time, end), end), samples, row);
    end = Math.max(end, time + (samples.duration[row] ?? 0));
  }
  open.closeAll(end);
  return toTree(boxes, open, Math.max(end, profile.durationMicros));
}

/** The boxes that are still growing, outermost first, and where each box of the picture begins and ends. */
class OpenStack {
  starts = new Float64Array(1024);
  ends = new Float64Array(1024);
  readonly #boxes: BoxBuilder;
  readonly #nodes: NodeTable;
  readonly #nodeOf: Uint32Array;
  readonly #depth: Uint16Array;
  /** Nodes that are to be opened, innermost first. */
  readonly #path: Int32Array;
  /** By depth: the open box, and the node of its stack; -1 for none. */
  readonly #open: Int32Array;
  readonly #openNode: Int32Array;
  #height = 0;
  #node = 0;

  constructor({ nodes }: Profile, boxes: BoxBuilder) {
    const merged = mergeEqualStacks(nodes);
    this.#boxes = boxes;
    this.#nodes = merged.nodes;
    this.#nodeOf = merged.nodeOf;
    this.#depth = depthsOf(merged.nodes);
    const deepest = this.#depth.reduce((most, depth) => Math.max(most, depth), 0);
    // Room for `unsampled`, which stands right below the root, where there is no frame.
    this.#path = new Int32Array(deepest + 1);
    this.#open = new Int32Array(deepest + 2);
    this.#openNode = new Int32Array(deepest + 2).fill(-1);
  }

  /** Keeps open what the node's stack shares with the one before, closes the rest at `end`; returns the node's box. */
  change(row: number, time: number, end: number): number {
    const node = row === NO_SAMPLE ? NO_SAMPLE : (this.#nodeOf[row] ?? 0);
    if (node === this.#node) return this.#open[this.#height] ?? 0;
    // What ran where no sample fell is unknown: nothing stays open across it.
    if (node === NO_SAMPLE || this.#node === NO_SAMPLE) this.#close(0, end);
    this.#node = node;
    if (node === NO_SAMPLE) return this.#begin('unsampled', 0, { time, node });
    const shared = this.#pathTo(node);
    this.#close(this.#depth[shared] ?? 0, end);
    for (let at = this.#above(node, shared) - 1; at >= 0; at--) {
      const opened = this.#path[at] ?? 0;
      this.#begin('frame', this.#nodes.frame[opened] ?? 0, { time, node: opened });
    }
    return this.#open[this.#height] ?? 0;
  }

  closeAll(end: number): void {
    this.#close(0, end);
    this.#node = 0;
  }

  /** Notes the nodes from the given one up to the innermost one that is open, which it returns. */
  #pathTo(node: number): number {
    let length = 0;
    let at = node;
    while (at > 0 && !this.#isOpen(at)) {
      this.#path[length++] = at;
      at = this.#nodes.parent[at] ?? 0;
    }
    return at;
  }

  #isOpen(node: number): boolean {
    const depth = this.#depth[node] ?? 0;
    return depth <= this.#height && this.#openNode[depth] === node;
  }

  #above(node: number, shared: number): number {
    return (this.#depth[node] ?? 0) - (this.#depth[shared] ?? 0);
  }

  /** Leaves `height` boxes below the root open. */
  #close(height: number, end: number): void {
    for (let depth = height + 1; depth <= this.#height; depth++) this.ends[this.#open[depth] ?? 0] = end;
    this.#height = height;
  }

  #begin(
    kind: BoxKind,
    subject: number,
    { time, node }: { readonly time: number; readonly node: number },
  ): number {
    const box = this.#boxes.add(this.#open[this.#height] ?? 0, kind, subject);
    if (box >= this.starts.length) {
      this.starts = grown(this.starts, new Float64Array(this.starts.length * 2));
      this.ends = grown(this.ends, new Float64Array(this.ends.length * 2));
    }
    this.starts[box] = time;
    this.#height++;
    this.#open[this.#height] = box;
    this.#openNode[this.#height] = node;
    return box;
  }
}

/** How many calls stand above each node. */
function depthsOf({ length, parent }: NodeTable): Uint16Array {
  const depth = new Uint16Array(length);
  for (let node = 1; node < length; node++) depth[node] = (depth[parent[node] ?? 0] ?? 0) + 1;
  return depth;
}

function toTree(boxes: BoxBuilder, open: OpenStack, span: number): CallTree {
  boxes.sumUp();
  const { length } = boxes;
  // Columns are at least half full: copies of their fronts would only take more memory.
  const start = open.starts.subarray(0, length);
  const total = open.ends.subarray(0, length);
  for (let box = 0; box < length; box++) total[box] = (total[box] ?? 0) - (start[box] ?? 0);
  total[0] = span;
  return {
    view: 'time-order',
    length,
    maxDepth: maximum(boxes.depth, length),
    parent: boxes.parent.subarray(0, length),
    depth: boxes.depth.subarray(0, length),
    kind: boxes.kind.subarray(0, length),
    subject: boxes.subject.subarray(0, length),
    phase: boxes.phase.subarray(0, length),
    start,
    total,
    self: withoutChildren(boxes.parent, total),
    count: boxes.count.subarray(0, length),
  };
}

/** Self time as what the children leave of a box; in the root also the time that no row covers. */
function withoutChildren(parent: Int32Array, total: Float64Array): Float64Array {
  const self = total.slice();
  for (let box = 1; box < total.length; box++) {
    const above = parent[box] ?? 0;
    self[above] = Math.max(0, (self[above] ?? 0) - (total[box] ?? 0));
  }
  return self;
}

function maximum(depths: Uint16Array, length: number): number {
  let deepest = 0;
  for (let box = 0; box < length; box++) deepest = Math.max(deepest, depths[box] ?? 0);
  return deepest;
}
