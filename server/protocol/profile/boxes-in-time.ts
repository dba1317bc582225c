import { BoxBuilder } from './box-builder.ts';
import type { BoxKind, CallTree } from './call-tree.ts';
import { grown } from './grown.ts';
import type { Profile } from './profile.ts';

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
  readonly #profile: Profile;
  readonly #boxes: BoxBuilder;
  readonly #path: number[] = [];
  readonly #open: number[] = [];
  #node = 0;

  constructor(profile: Profile, boxes: BoxBuilder) {
    this.#profile = profile;
    this.#boxes = boxes;
  }

  /** Keeps open what the node's stack shares with the one before, closes the rest at `end`; returns the node's box. */
  change(node: number, time: number, end: number): number {
    if (node === this.#node) return this.#open.at(-1) ?? 0;
    // What ran where no sample fell is unknown: nothing stays open across it.
    if (node === NO_SAMPLE || this.#node === NO_SAMPLE) this.#close(0, end);
    this.#node = node;
    if (node === NO_SAMPLE) return this.#begin('unsampled', 0, time);
    const { parent, frame } = this.#profile.nodes;
    const path = this.#path;
    path.length = 0;
    for (let above = node; above > 0; above = parent[above] ?? 0) path.push(frame[above] ?? 0);
    let shared = 0;
    while (this.#sharesFrame(shared)) shared++;
    this.#close(shared, end);
    for (let depth = shared; depth < path.length; depth++) {
      this.#begin('frame', path[path.length - 1 - depth] ?? 0, time);
    }
    return this.#open.at(-1) ?? 0;
  }

  closeAll(end: number): void {
    this.#close(0, end);
    this.#node = 0;
  }

  #sharesFrame(depth: number): boolean {
    if (depth >= this.#open.length || depth >= this.#path.length) return false;
    return this.#boxes.subject[this.#open[depth] ?? 0] === this.#path[this.#path.length - 1 - depth];
  }

  #close(depth: number, end: number): void {
    for (let at = depth; at < this.#open.length; at++) this.ends[this.#open[at] ?? 0] = end;
    this.#open.length = depth;
  }

  #begin(kind: BoxKind, subject: number, time: number): number {
    const box = this.#boxes.add(this.#open.at(-1) ?? 0, kind, subject);
    if (box >= this.starts.length) {
      this.starts = grown(this.starts, new Float64Array(this.starts.length * 2));
      this.ends = grown(this.ends, new Float64Array(this.ends.length * 2));
    }
    this.starts[box] = time;
    this.#open.push(box);
    return box;
  }
}

function toTree(boxes: BoxBuilder, open: OpenStack, span: number): CallTree {
  boxes.sumUp();
  const { length } = boxes;
  const start = open.starts.slice(0, length);
  const total = open.ends.slice(0, length);
  for (let box = 0; box < length; box++) total[box] = (total[box] ?? 0) - (start[box] ?? 0);
  total[0] = span;
  return {
    view: 'time-order',
    length,
    maxDepth: maximum(boxes.depth, length),
    parent: boxes.parent.slice(0, length),
    depth: boxes.depth.slice(0, length),
    kind: boxes.kind.slice(0, length),
    subject: boxes.subject.slice(0, length),
    phase: boxes.phase.slice(0, length),
    start,
    total,
    self: withoutChildren(boxes.parent, total),
    count: boxes.count.slice(0, length),
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
