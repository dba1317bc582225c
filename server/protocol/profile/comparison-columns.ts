import { discoveries } from '../statistics/benjamini-hochberg.ts';
import { twoSidedQuantile } from '../statistics/student-t.ts';
import { type ComparisonLines, VERDICTS } from './comparison.ts';
import type { DifferenceTest } from './difference-test.ts';

export interface MeasuredLine {
  readonly handler: number;
  readonly phase: number;
  readonly function: number;
  readonly metric: number;
  readonly before: number;
  readonly after: number;
}

/** Collects the lines of a comparison; which of them are more than noise is known when all have been tested. */
export class ComparisonColumns {
  // Numbers in lists instead of an object for each of some hundred thousand lines.
  readonly #handler: number[] = [];
  readonly #phase: number[] = [];
  readonly #function: number[] = [];
  readonly #metric: number[] = [];
  readonly #before: number[] = [];
  readonly #after: number[] = [];
  readonly #verdict: number[] = [];
  readonly #difference: number[] = [];
  readonly #standardError: number[] = [];
  readonly #degreesOfFreedom: number[] = [];
  readonly #p: number[] = [];

  /** `test` is `rare` for what is not worth one, undefined where it was not possible. */
  add(line: MeasuredLine, test: DifferenceTest | 'rare' | undefined): void {
    this.#handler.push(line.handler);
    this.#phase.push(line.phase);
    this.#function.push(line.function);
    this.#metric.push(line.metric);
    this.#before.push(line.before);
    this.#after.push(line.after);
    const isTested = typeof test === 'object';
    this.#verdict.push(isTested ? NOISE : test === 'rare' ? RARE : UNKNOWN);
    this.#difference.push(isTested ? test.difference : Number.NaN);
    this.#standardError.push(isTested ? test.standardError : Number.NaN);
    this.#degreesOfFreedom.push(isTested ? test.degreesOfFreedom : Number.NaN);
    this.#p.push(isTested ? test.p : Number.NaN);
  }

  /** `rate` of false alarms among all alarms, see `discoveries`. */
  build(rate: number): { lines: ComparisonLines; tested: number; confidence: number } {
    const p = Float64Array.from(this.#p);
    const tested = p.filter((own) => !Number.isNaN(own));
    const { count, threshold } = discoveries(tested, rate);
    // Intervals of those that were selected need this level, not 95 %: Benjamini & Yekutieli, "False discovery
    // rate-adjusted multiple confidence intervals for selected parameters", J. Am. Stat. Assoc. 100 (2005).
    const level = (rate * Math.max(1, count)) / Math.max(1, tested.length);
    return {
      tested: tested.length,
      confidence: 1 - level,
      lines: {
        length: p.length,
        handler: Uint32Array.from(this.#handler),
        phase: Uint8Array.from(this.#phase),
        function: Int32Array.from(this.#function),
        metric: Uint8Array.from(this.#metric),
        before: Float64Array.from(this.#before),
        after: Float64Array.from(this.#after),
        ...this.#intervals(level),
        p,
        verdict: this.#verdicts(count > 0 ? threshold : -1, level),
      },
    };
  }

  /** Not numbers where nothing was tested. */
  #intervals(level: number): { low: Float64Array; high: Float64Array } {
    const low = Float64Array.from(this.#difference);
    const high = low.slice();
    for (let line = 0; line < low.length; line++) {
      const standardError = this.#standardError[line] ?? 0;
      if (!(standardError > 0)) continue;
      const reach = standardError * twoSidedQuantile(level, this.#degreesOfFreedom[line] ?? 1);
      low[line] = (low[line] ?? 0) - reach;
      high[line] = (high[line] ?? 0) + reach;
    }
    return { low, high };
  }

  #verdicts(threshold: number, level: number): Uint8Array {
    const reach = twoSidedQuantile(level, MANY);
    return Uint8Array.from(this.#verdict, (verdict, line) => {
      if (verdict !== NOISE) return verdict;
      const difference = this.#difference[line] ?? 0;
      if ((this.#p[line] ?? 1) <= threshold) return difference > 0 ? MORE : LESS;
      const isFew = (this.#degreesOfFreedom[line] ?? MANY) <= FEW;
      return isFew && Math.abs(difference) > reach * (this.#standardError[line] ?? 0) ? FEW_RUNS : NOISE;
    });
  }
}

/** Degrees of freedom from which on a t distribution is as good as a normal one. */
const MANY = 1e6;
/** Up to here the same distance from 0 needs half as much again as with a well-known spread, for a level of 1 %. */
const FEW = 5;

const MORE = VERDICTS.indexOf('more');
const LESS = VERDICTS.indexOf('less');
const NOISE = VERDICTS.indexOf('noise');
const FEW_RUNS = VERDICTS.indexOf('few');
const RARE = VERDICTS.indexOf('rare');
const UNKNOWN = VERDICTS.indexOf('unknown');
