import type { FrameGroups } from './frame-groups.ts';
import { type GroupedNodes, groupNodes } from './grouped-nodes.ts';
import { grown } from './grown.ts';
import type { Profile } from './profile.ts';
import type { RowGroups } from './row-groups.ts';

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
  const entries = groupNodes(profile, rowGroups);
  const tally = new Tally(entries, frameGroups);
  for (let group = 0; group < rowGroups.length; group++) tally.add(group);
  return tally.lines.build();
}

/** The deepest stack has 65,000 calls, see `checkProfile`. */
const LEVELS = 2 ** 16;

/** Makes lines of one group of rows after the other. */
class Tally {
  readonly lines = new Lines();
  readonly #entries: GroupedNodes;
  readonly #groupOf: Uint32Array;
  /** By group of frames. */
  readonly #lineOf: Int32Array;
  /** By group of frames: how many of the open calls are of it. */
  readonly #openOf: Uint32Array;
  readonly #open = new Int32Array(LEVELS);

  constructor(entries: GroupedNodes, frameGroups: FrameGroups) {
    this.#entries = entries;
    this.#groupOf = frameGroups.groupOf;
    this.#lineOf = new Int32Array(frameGroups.length).fill(-1);
    this.#openOf = new Uint32Array(frameGroups.length);
  }

  add(rows: number): void {
    const { firstTop, onRoot, countOnRoot, unsampled } = this.#entries;
    this.#addStacks(rows, firstTop[rows] ?? 0);
    const count = countOnRoot[rows] ?? 0;
    if (count > 0) this.lines.addWhole(this.lines.add(rows, NO_FRAME), onRoot[rows] ?? 0, count);
    const rest = unsampled[rows] ?? Number.NaN;
    if (!Number.isNaN(rest)) this.lines.addWhole(this.lines.add(rows, NO_SAMPLE), rest, 0);
  }

  /** Goes down every stack, so that calls of a function that runs already are known: their total is in its own. */
  #addStacks(rows: number, first: number): void {
    const { firstChild, nextSibling } = this.#entries;
    const firstLine = this.lines.length;
    const open = this.#open;
    let depth = 0;
    for (let entry = first; entry > 0; ) {
      this.#enter(entry, rows, firstLine);
      open[depth++] = entry;
      let next = firstChild[entry] ?? 0;
      while (next === 0 && depth > 0) {
        const left = open[--depth] ?? 0;
        this.#leave(left);
        next = nextSibling[left] ?? 0;
      }
      entry = next;
    }
  }

  #enter(entry: number, rows: number, firstLine: number): void {
    const { frame, self, count, total, countTotal } = this.#entries;
    const group = this.#groupOf[frame[entry] ?? 0] ?? 0;
    const line = this.#lineAt(group, rows, firstLine);
    this.lines.addSelf(line, self[entry] ?? 0, count[entry] ?? 0);
    const open = this.#openOf[group] ?? 0;
    if (open === 0) this.lines.addTotal(line, total[entry] ?? 0, countTotal[entry] ?? 0);
    this.#openOf[group] = open + 1;
  }

  #leave(entry: number): void {
    const group = this.#groupOf[this.#entries.frame[entry] ?? 0] ?? 0;
    this.#openOf[group] = (this.#openOf[group] ?? 1) - 1;
  }

  /** Lines of earlier groups of rows stand before `firstLine`. */
  #lineAt(frames: number, rows: number, firstLine: number): number {
    const known = this.#lineOf[frames] ?? -1;
    if (known >= firstLine) return known;
    const line = this.lines.add(rows, frames);
    this.#lineOf[frames] = line;
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
