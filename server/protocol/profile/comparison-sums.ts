import { ALL_FUNCTIONS } from './comparison.ts';
import { type BatchedRows, PHASE_SLOTS } from './comparison-batches.ts';
import { type ComparisonKeys, EVERY_PHASE } from './comparison-keys.ts';
import type { FrameGroups } from './frame-groups.ts';
import { groupsOfNodes } from './groups-of-nodes.ts';
import { LineAmounts, type LineSums } from './line-amounts.ts';
import { BELOW, COUNT, COUNT_BELOW, NodeTally, SELF, SUMS } from './node-tally.ts';
import type { Profile } from './profile.ts';

/** Places in `METRICS`. */
const SELF_METRIC = 0;
const TOTAL_METRIC = 1;

/** Adds up one profile, handler after handler, by line and batch. */
export class ComparisonSums {
  readonly #rows: BatchedRows;
  readonly #nodes: NodeTally;
  readonly #amounts = new LineAmounts();
  /** See `groupsOfNodes`. */
  readonly #groupOf: Int32Array;

  constructor(profile: Profile, groups: FrameGroups, rows: BatchedRows) {
    this.#rows = rows;
    this.#nodes = new NodeTally(profile);
    this.#groupOf = groupsOfNodes(profile.nodes, groups);
  }

  /** What the profile has of a handler, undefined where nothing; lines that the keys do not have yet are added to them. */
  of(handler: number, keys: ComparisonKeys): LineSums | undefined {
    const batches = this.#rows.batches[handler];
    if (batches === undefined) return undefined;
    for (const [batch, size] of batches.sizes.entries()) {
      const group = batches.first + batch * PHASE_SLOTS;
      for (let slot = 0; slot < PHASE_SLOTS; slot++) this.#addGroup(group + slot, slot, keys);
      this.#addUpPhases(keys);
      this.#amounts.endBatch(size);
    }
    return this.#amounts.take(batches.sizes.length, batches.whole);
  }

  #addGroup(group: number, slot: number, keys: ComparisonKeys): void {
    if (!this.#book(group)) return;
    const [nodes, amounts] = [this.#nodes, this.#amounts];
    const { sums } = nodes;
    let whole = nodes.unsampled ?? 0;
    let captured = 0;
    for (let node = nodes.next(); node > 0; node = nodes.next()) {
      const place = node * SUMS;
      const [self, count] = [sums[place + SELF] ?? 0, sums[place + COUNT] ?? 0];
      const own = this.#groupOf[node] ?? 0;
      const line = keys.lineOf(slot, own < 0 ? ~own : own);
      whole += self;
      captured += count;
      amounts.add(line, SELF_METRIC, self, count);
      if (own >= 0) {
        const below = count + (sums[place + COUNT_BELOW] ?? 0);
        amounts.add(line, TOTAL_METRIC, self + (sums[place + BELOW] ?? 0), below);
      }
      nodes.leave(node);
    }
    const line = keys.lineOf(slot, ALL_FUNCTIONS);
    amounts.add(line, TOTAL_METRIC, whole + (sums[SELF] ?? 0), captured + (sums[COUNT] ?? 0));
    nodes.clear();
  }

  /** Adds to the lines of all phases what those of single ones have in this batch. */
  #addUpPhases(keys: ComparisonKeys): void {
    const amounts = this.#amounts;
    const length = amounts.touchedLength;
    for (let at = 0; at < length; at++) {
      const line = amounts.touched[at] ?? 0;
      amounts.addLine(keys.lineOf(EVERY_PHASE, keys.function[line] ?? ALL_FUNCTIONS), line);
    }
  }

  /** Whether the group has rows. */
  #book(group: number): boolean {
    const { runs, first, startOfRun } = this.#rows;
    const [from, to] = [first[group] ?? 0, first[group + 1] ?? 0];
    for (let at = from; at < to; at++) {
      const run = runs[at] ?? 0;
      this.#nodes.book(startOfRun[run] ?? 0, startOfRun[run + 1] ?? 0);
    }
    return to > from;
  }
}
