import type { FrameGroups } from './frame-groups.ts';
import { grown } from './grown.ts';
import { NodeSet } from './node-set.ts';
import { outermostNodes } from './outermost-nodes.ts';
import type { NodeTable, Profile } from './profile.ts';
import { type RowGroups, runsByGroup } from './row-groups.ts';

/** Stands in the place of a frame for samples that were captured on the root: no function ran. */
export const NO_FRAME = -1;
/** Stands in the place of a frame for rows in which no sample was captured: what ran is not known. */
export const NO_SAMPLE = -2;

/**
 * What was spent in functions, in columns, one line for each group of rows and group of frames that occur together;
 * ordered by group of rows.
 */
export interface FrameTimes {
  readonly length: number;
  /** Index of a group of rows. */
  readonly rows: Uint32Array;
  /** Index of a group of frames; `NO_FRAME` and `NO_SAMPLE` for what is none. */
  readonly frames: Int32Array;
  /** In the profile's unit: where the frame stood at the end of the stack. */
  readonly self: Float64Array;
  /** Where it stood anywhere in the stack; a recursion counts once. */
  readonly total: Float64Array;
  /** Captured samples, as for `self` and for `total`. */
  readonly selfCount: Uint32Array;
  readonly totalCount: Uint32Array;
}

/** Self and total by function, by file, by category … within handlers, phases, batches …, as the two groupings say. */
export function frameTimes(profile: Profile, rowGroups: RowGroups, frameGroups: FrameGroups): FrameTimes {
  return frameTimer(profile, frameGroups)(rowGroups);
}

/** The same for several groupings of the rows, with what depends on the frames made ready once. */
export function frameTimer(profile: Profile, frameGroups: FrameGroups): (rowGroups: RowGroups) => FrameTimes {
  const tally = new Tally(profile, frameGroups);
  return (rowGroups) => {
    const { runs, first } = runsByGroup(rowGroups);
    for (let group = 0; group < rowGroups.length; group++) {
      for (let at = first[group] ?? 0; at < (first[group + 1] ?? 0); at++) {
        const run = runs[at] ?? 0;
        tally.book(rowGroups.startOfRun[run] ?? 0, rowGroups.startOfRun[run + 1] ?? 0);
      }
      tally.finish(group);
    }
    return tally.takeLines();
  };
}

/** Amounts of a node while a group of rows is added up, side by side so that a node costs one access to memory. */
const SELF = 0;
const BELOW = 1;
const COUNT = 2;
const COUNT_BELOW = 3;
const SUMS = 4;

/** Facts of a node, side by side for the same reason. */
const PARENT = 0;
/** Group of the node's frame; its complement where the group stands above the node already. */
const GROUP = 1;
const FACTS = 2;

/** Adds up one group of rows after the other, each at the cost of the nodes and frames that it touches. */
class Tally {
  #lines = new Lines();
  readonly #samples: Profile['samples'];
  readonly #facts: Int32Array;
  readonly #sums: Float64Array;
  readonly #touched: NodeSet;
  readonly #lineOf: Int32Array;
  #unsampled = 0;
  #hasUnsampled = false;

  constructor({ samples, nodes }: Profile, frameGroups: FrameGroups) {
    this.#samples = samples;
    this.#facts = nodeFacts(nodes, frameGroups);
    this.#sums = new Float64Array(nodes.length * SUMS);
    this.#touched = new NodeSet(nodes.length);
    this.#lineOf = new Int32Array(frameGroups.length).fill(-1);
  }

  /** Books rows `from` to `to` - 1. */
  book(from: number, to: number): void {
    const { duration, captured, node: nodeOf } = this.#samples;
    const [sums, touched] = [this.#sums, this.#touched];
    for (let row = from; row < to; row++) {
      const amount = duration[row] ?? 0;
      if (captured[row] !== 1) {
        this.#unsampled += amount;
        this.#hasUnsampled = true;
        continue;
      }
      const node = nodeOf[row] ?? 0;
      const place = node * SUMS;
      const count = sums[place + COUNT] ?? 0;
      if (count === 0) touched.add(node);
      sums[place + COUNT] = count + 1;
      sums[place + SELF] = (sums[place + SELF] ?? 0) + amount;
    }
  }

  /** Makes lines of what was booked, and begins anew. */
  finish(rowGroup: number): void {
    const firstLine = this.#lines.length;
    for (let node = this.#touched.takeLast(); node > 0; node = this.#touched.takeLast()) {
      this.#carryUp(node, rowGroup, firstLine);
    }
    const [micros, count] = [this.#sums[SELF] ?? 0, this.#sums[COUNT] ?? 0];
    if (count > 0) this.#lines.addWhole(this.#lines.add(rowGroup, NO_FRAME), micros, count);
    if (this.#hasUnsampled) this.#lines.addWhole(this.#lines.add(rowGroup, NO_SAMPLE), this.#unsampled, 0);
    this.#sums.fill(0, 0, SUMS);
    this.#unsampled = 0;
    this.#hasUnsampled = false;
  }

  takeLines(): FrameTimes {
    const lines = this.#lines.build();
    this.#lines = new Lines();
    this.#lineOf.fill(-1);
    return lines;
  }

  /** Called for children before their parents. Lines of earlier groups of rows stand before `firstLine`. */
  #carryUp(node: number, rowGroup: number, firstLine: number): void {
    const sums = this.#sums;
    const place = node * SUMS;
    const self = sums[place + SELF] ?? 0;
    const count = sums[place + COUNT] ?? 0;
    const total = self + (sums[place + BELOW] ?? 0);
    const totalCount = count + (sums[place + COUNT_BELOW] ?? 0);
    sums[place + SELF] = 0;
    sums[place + BELOW] = 0;
    sums[place + COUNT] = 0;
    sums[place + COUNT_BELOW] = 0;
    const group = this.#facts[node * FACTS + GROUP] ?? 0;
    const line = this.#lineAt(group < 0 ? ~group : group, rowGroup, firstLine);
    this.#lines.addSelf(line, self, count);
    if (group >= 0) this.#lines.addTotal(line, total, totalCount);
    const parent = this.#facts[node * FACTS + PARENT] ?? 0;
    if (parent === 0) return;
    this.#touched.add(parent);
    const above = parent * SUMS;
    sums[above + BELOW] = (sums[above + BELOW] ?? 0) + total;
    sums[above + COUNT_BELOW] = (sums[above + COUNT_BELOW] ?? 0) + totalCount;
  }

  #lineAt(frame: number, rowGroup: number, firstLine: number): number {
    const known = this.#lineOf[frame] ?? -1;
    if (known >= firstLine) return known;
    const line = this.#lines.add(rowGroup, frame);
    this.#lineOf[frame] = line;
    return line;
  }
}

function nodeFacts(nodes: NodeTable, frameGroups: FrameGroups): Int32Array {
  const outermost = outermostNodes(nodes, frameGroups);
  const facts = new Int32Array(nodes.length * FACTS);
  for (let node = 0; node < nodes.length; node++) {
    const group = frameGroups.groupOf[nodes.frame[node] ?? 0] ?? 0;
    facts[node * FACTS + PARENT] = nodes.parent[node] ?? 0;
    facts[node * FACTS + GROUP] = outermost[node] === 1 ? group : ~group;
  }
  return facts;
}

/** The growing columns of the table. */
class Lines {
  length = 0;
  #rows = new Uint32Array(1024);
  #frames = new Int32Array(1024);
  #self = new Float64Array(1024);
  #total = new Float64Array(1024);
  #selfCount = new Uint32Array(1024);
  #totalCount = new Uint32Array(1024);

  add(rows: number, frames: number): number {
    const line = this.length++;
    if (line === this.#rows.length) this.#grow(line * 2);
    this.#rows[line] = rows;
    this.#frames[line] = frames;
    return line;
  }

  addSelf(line: number, amount: number, count: number): void {
    this.#self[line] = (this.#self[line] ?? 0) + amount;
    this.#selfCount[line] = (this.#selfCount[line] ?? 0) + count;
  }

  addTotal(line: number, amount: number, count: number): void {
    this.#total[line] = (this.#total[line] ?? 0) + amount;
    this.#totalCount[line] = (this.#totalCount[line] ?? 0) + count;
  }

  addWhole(line: number, amount: number, count: number): void {
    this.addSelf(line, amount, count);
    this.addTotal(line, amount, count);
  }

  build(): FrameTimes {
    return {
      length: this.length,
      rows: this.#rows.slice(0, this.length),
      frames: this.#frames.slice(0, this.length),
      self: this.#self.slice(0, this.length),
      total: this.#total.slice(0, this.length),
      selfCount: this.#selfCount.slice(0, this.length),
      totalCount: this.#totalCount.slice(0, this.length),
    };
  }

  #grow(capacity: number): void {
    this.#rows = grown(this.#rows, new Uint32Array(capacity));
    this.#frames = grown(this.#frames, new Int32Array(capacity));
    this.#self = grown(this.#self, new Float64Array(capacity));
    this.#total = grown(this.#total, new Float64Array(capacity));
    this.#selfCount = grown(this.#selfCount, new Uint32Array(capacity));
    this.#totalCount = grown(this.#totalCount, new Uint32Array(capacity));
  }
}
