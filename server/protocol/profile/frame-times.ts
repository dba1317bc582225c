import type { FrameGroups } from './frame-groups.ts';
import { groupsOfNodes } from './groups-of-nodes.ts';
import { grown } from './grown.ts';
import { BELOW, COUNT, COUNT_BELOW, NodeTally, SELF, SUMS } from './node-tally.ts';
import type { Profile } from './profile.ts';
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
  const tally = new Tally(profile, frameGroups);
  const { runs, first } = runsByGroup(rowGroups);
  for (let group = 0; group < rowGroups.length; group++) {
    for (let at = first[group] ?? 0; at < (first[group + 1] ?? 0); at++) {
      const run = runs[at] ?? 0;
      tally.book(rowGroups.startOfRun[run] ?? 0, rowGroups.startOfRun[run + 1] ?? 0);
    }
    tally.finish(group);
  }
  return tally.lines();
}

/** Makes lines of one group of rows after the other. */
class Tally {
  readonly #lines = new Lines();
  readonly #nodes: NodeTally;
  /** Group of each node's frame; its complement where the group stands above the node already. */
  readonly #groupOf: Int32Array;
  readonly #lineOf: Int32Array;

  constructor(profile: Profile, frameGroups: FrameGroups) {
    this.#nodes = new NodeTally(profile);
    this.#groupOf = groupsOfNodes(profile.nodes, frameGroups);
    this.#lineOf = new Int32Array(frameGroups.length).fill(-1);
  }

  book(from: number, to: number): void {
    this.#nodes.book(from, to);
  }

  finish(rowGroup: number): void {
    const nodes = this.#nodes;
    const { sums } = nodes;
    const firstLine = this.#lines.length;
    for (let node = nodes.next(); node > 0; node = nodes.next()) {
      const place = node * SUMS;
      const [self, count] = [sums[place + SELF] ?? 0, sums[place + COUNT] ?? 0];
      const group = this.#groupOf[node] ?? 0;
      const line = this.#lineAt(group < 0 ? ~group : group, rowGroup, firstLine);
      this.#lines.addSelf(line, self, count);
      if (group >= 0) {
        this.#lines.addTotal(
          line,
          self + (sums[place + BELOW] ?? 0),
          count + (sums[place + COUNT_BELOW] ?? 0),
        );
      }
      nodes.leave(node);
    }
    const [micros, count] = [sums[SELF] ?? 0, sums[COUNT] ?? 0];
    if (count > 0) this.#lines.addWhole(this.#lines.add(rowGroup, NO_FRAME), micros, count);
    const { unsampled } = nodes;
    if (unsampled !== undefined) this.#lines.addWhole(this.#lines.add(rowGroup, NO_SAMPLE), unsampled, 0);
    nodes.clear();
  }

  lines(): FrameTimes {
    return this.#lines.build();
  }

  /** Lines of earlier groups of rows stand before `firstLine`. */
  #lineAt(frame: number, rowGroup: number, firstLine: number): number {
    const known = this.#lineOf[frame] ?? -1;
    if (known >= firstLine) return known;
    const line = this.#lines.add(rowGroup, frame);
    this.#lineOf[frame] = line;
    return line;
  }
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
