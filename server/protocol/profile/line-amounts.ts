import { grown } from './grown.ts';

/** What one profile has of one handler. Each list is by metric, each column by line. */
export interface LineSums {
  /** Lines that the columns have; those of a number above it the profile has nothing of. */
  readonly length: number;
  readonly batches: number;
  /** Operations; seconds where amounts are per second. */
  readonly size: number;
  /** Amount per operation. */
  readonly means: readonly Float64Array[];
  /** Variance of that mean, by what it is in each batch; not a number where there is but one. */
  readonly variances: readonly Float64Array[];
  /** Captured samples. */
  readonly counts: readonly Float64Array[];
}

/** What a line has in the batch that is added up, side by side; the index of a metric is added to each place. */
const AMOUNT = 0;
const COUNT = 2;
const NOW = 4;

/** What it has of all batches before, likewise: `MEAN` and `SQUARES` are of its amounts per operation in those that had any. */
const ALL_AMOUNT = 0;
const ALL_COUNT = 2;
const MEAN = 4;
const SQUARES = 6;
const PAST = 8;

/**
 * Amounts of growing many lines, one batch after the other. Of batches are kept only their mean and the sum of the squares
 * of what is off it (Welford, "Note on a method for calculating corrected sums of squares and products", Technometrics
 * 4, 1962): a line costs what it has, not thirty numbers.
 */
export class LineAmounts {
  /** Lines that something was added to in this batch, in that order. */
  touched = new Int32Array(256);
  touchedLength = 0;
  #now = new Float64Array(256 * NOW);
  #past = new Float64Array(256 * PAST);
  /** By line: in how many batches it had something, and the last of them, counted over all handlers. */
  #seen = new Int32Array(256);
  #last = new Int32Array(256).fill(-1);
  #batch = 0;
  #length = 0;

  /** Metrics are 0 and 1. */
  add(line: number, metric: number, amount: number, count: number): void {
    this.#touch(line);
    const place = line * NOW + metric;
    const now = this.#now;
    now[place + AMOUNT] = (now[place + AMOUNT] ?? 0) + amount;
    now[place + COUNT] = (now[place + COUNT] ?? 0) + count;
  }

  /** Adds to a line what another one has in this batch. */
  addLine(line: number, other: number): void {
    this.#touch(line);
    const now = this.#now;
    const [to, from] = [line * NOW, other * NOW];
    for (let at = 0; at < NOW; at++) now[to + at] = (now[to + at] ?? 0) + (now[from + at] ?? 0);
  }

  /** Ends a batch of so many operations. */
  endBatch(size: number): void {
    for (let at = 0; at < this.touchedLength; at++) {
      const line = this.touched[at] ?? 0;
      const seen = (this.#seen[line] ?? 0) + 1;
      this.#seen[line] = seen;
      for (let metric = 0; metric < 2; metric++) this.#keep(line, metric, { seen, size });
    }
    this.touchedLength = 0;
    this.#batch++;
  }

  /** Ends a handler, of which there are so many operations in so many batches. */
  take(batches: number, size: number): LineSums {
    const length = this.#length;
    const own = [this.#ofMetric(0, batches, size), this.#ofMetric(1, batches, size)];
    this.#past.fill(0, 0, length * PAST);
    this.#seen.fill(0, 0, length);
    this.#length = 0;
    return {
      ...{ length, batches, size },
      means: own.map(({ means }) => means),
      variances: own.map(({ variances }) => variances),
      counts: own.map(({ counts }) => counts),
    };
  }

  #touch(line: number): void {
    if (line >= this.#length) {
      this.#length = line + 1;
      if (line >= this.#seen.length) this.#grow(Math.max(line + 1, this.#seen.length * 2));
    }
    if (this.#last[line] === this.#batch) return;
    this.#last[line] = this.#batch;
    this.touched[this.touchedLength++] = line;
  }

  #keep(line: number, metric: number, { seen, size }: { readonly seen: number; readonly size: number }) {
    const [now, past] = [this.#now, this.#past];
    const [from, to] = [line * NOW + metric, line * PAST + metric];
    const amount = now[from + AMOUNT] ?? 0;
    past[to + ALL_AMOUNT] = (past[to + ALL_AMOUNT] ?? 0) + amount;
    past[to + ALL_COUNT] = (past[to + ALL_COUNT] ?? 0) + (now[from + COUNT] ?? 0);
    now[from + AMOUNT] = 0;
    now[from + COUNT] = 0;
    const mean = past[to + MEAN] ?? 0;
    const off = amount / size - mean;
    const newMean = mean + off / seen;
    past[to + MEAN] = newMean;
    past[to + SQUARES] = (past[to + SQUARES] ?? 0) + off * (amount / size - newMean);
  }

  #ofMetric(metric: number, batches: number, size: number) {
    const past = this.#past;
    const length = this.#length;
    const means = new Float64Array(length);
    const variances = new Float64Array(length);
    const counts = new Float64Array(length);
    for (let line = 0; line < length; line++) {
      const place = line * PAST + metric;
      means[line] = (past[place + ALL_AMOUNT] ?? 0) / size;
      counts[line] = past[place + ALL_COUNT] ?? 0;
      // The other batches had nothing of it.
      const seen = this.#seen[line] ?? 0;
      const mean = past[place + MEAN] ?? 0;
      const squares = (past[place + SQUARES] ?? 0) + (mean * mean * seen * (batches - seen)) / batches;
      variances[line] = squares / (batches - 1) / batches;
    }
    if (batches < 2) variances.fill(Number.NaN);
    return { means, variances, counts };
  }

  #grow(capacity: number): void {
    const before = this.#last.length;
    this.touched = grown(this.touched, new Int32Array(capacity));
    this.#now = grown(this.#now, new Float64Array(capacity * NOW));
    this.#past = grown(this.#past, new Float64Array(capacity * PAST));
    this.#seen = grown(this.#seen, new Int32Array(capacity));
    this.#last = grown(this.#last, new Int32Array(capacity)).fill(-1, before);
  }
}
