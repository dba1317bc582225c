import { NO_PHASE, PHASES } from '../phase.ts';
import { ALL_FUNCTIONS, ALL_PHASES } from './comparison.ts';
import { type Batches, PHASE_SLOTS } from './comparison-batches.ts';
import type { FrameTimes } from './frame-times.ts';
import { grown } from './grown.ts';
import { PairTable } from './pair-table.ts';

/** The lines of one handler's comparison: phases and functions, each alone and all together. */
export class ComparisonKeys {
  length = 0;
  phase = new Uint8Array(256);
  function = new Int32Array(256);
  readonly #known = new PairTable();

  lineOf(phase: number, functionIndex: number): number {
    const line = this.#known.getOrSet(phase, functionIndex - ALL_FUNCTIONS, this.length);
    if (line === this.length) this.#add(phase, functionIndex);
    return line;
  }

  #add(phase: number, functionIndex: number): void {
    if (this.length === this.phase.length) {
      this.phase = grown(this.phase, new Uint8Array(this.length * 2));
      this.function = grown(this.function, new Int32Array(this.length * 2));
    }
    this.phase[this.length] = phase;
    this.function[this.length++] = functionIndex;
  }
}

/** What one profile has of one handler. */
export interface ComparisonSums {
  readonly batches: number;
  /** For each metric, at `line * batches + batch`: the amount per operation of that batch. */
  readonly values: readonly Float64Array[];
  /** For each metric, by line: the mean per operation. */
  readonly means: readonly Float64Array[];
  /** For each metric, by line: captured samples. */
  readonly counts: readonly Float64Array[];
}

/** Sums by line and batch; lines that the keys do not have yet are added to them. */
export function sumsByLine(
  times: FrameTimes,
  { sizes, whole }: Batches,
  keys: ComparisonKeys,
): ComparisonSums {
  for (let at = 0; at < times.length; at++) eachLine(times, at, (phase, own) => keys.lineOf(phase, own));
  const sums = new Sums(keys.length, sizes, whole);
  for (let at = 0; at < times.length; at++) {
    const batch = Math.floor((times.rows[at] ?? 0) / PHASE_SLOTS);
    eachLine(times, at, (phase, own) => {
      const line = keys.lineOf(phase, own);
      if (own === ALL_FUNCTIONS) sums.addWhole(line, batch, { times, at });
      else sums.add(line, batch, { times, at });
    });
  }
  return sums;
}

/** The lines in which an entry counts: those of its function, where it is one, and those of all functions. */
function eachLine({ rows, frames }: FrameTimes, at: number, use: (phase: number, own: number) => void): void {
  const slot = (rows[at] ?? 0) % PHASE_SLOTS;
  const phase = slot < PHASES.length ? slot : NO_PHASE;
  const own = frames[at] ?? -1;
  if (own >= 0) {
    use(phase, own);
    use(ALL_PHASES, own);
  }
  use(phase, ALL_FUNCTIONS);
  use(ALL_PHASES, ALL_FUNCTIONS);
}

interface Source {
  readonly times: FrameTimes;
  readonly at: number;
}

class Sums implements ComparisonSums {
  readonly batches: number;
  readonly values: readonly [Float64Array, Float64Array];
  readonly means: readonly [Float64Array, Float64Array];
  readonly counts: readonly [Float64Array, Float64Array];
  readonly #sizes: Float64Array;
  readonly #whole: number;

  constructor(lines: number, sizes: Float64Array, whole: number) {
    this.batches = sizes.length;
    this.#sizes = sizes;
    this.#whole = whole;
    this.values = [new Float64Array(lines * sizes.length), new Float64Array(lines * sizes.length)];
    this.means = [new Float64Array(lines), new Float64Array(lines)];
    this.counts = [new Float64Array(lines), new Float64Array(lines)];
  }

  add(line: number, batch: number, { times, at }: Source): void {
    this.#book(0, { line, batch, amount: times.self[at] ?? 0, count: times.selfCount[at] ?? 0 });
    this.#book(1, { line, batch, amount: times.total[at] ?? 0, count: times.totalCount[at] ?? 0 });
  }

  /** The time of all functions is the sum of what each took itself. */
  addWhole(line: number, batch: number, { times, at }: Source): void {
    this.#book(1, { line, batch, amount: times.self[at] ?? 0, count: times.selfCount[at] ?? 0 });
  }

  #book(metric: 0 | 1, booking: { line: number; batch: number; amount: number; count: number }): void {
    const { line, batch, amount, count } = booking;
    const values = this.values[metric];
    const place = line * this.batches + batch;
    values[place] = (values[place] ?? 0) + amount / (this.#sizes[batch] ?? 1);
    const means = this.means[metric];
    means[line] = (means[line] ?? 0) + amount / this.#whole;
    const counts = this.counts[metric];
    counts[line] = (counts[line] ?? 0) + count;
  }
}
