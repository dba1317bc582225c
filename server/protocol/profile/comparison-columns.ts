import { discoveries } from '../statistics/benjamini-hochberg.ts';
import { twoSidedQuantile } from '../statistics/student-t.ts';
import { type ComparisonLines, VERDICTS, type Verdict } from './comparison.ts';
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
  readonly #lines: MeasuredLine[] = [];
  readonly #tests: (DifferenceTest | 'rare' | undefined)[] = [];

  /** `test` is `rare` for what is not worth one, undefined where it was not possible. */
  add(line: MeasuredLine, test: DifferenceTest | 'rare' | undefined): void {
    this.#lines.push(line);
    this.#tests.push(test);
  }

  /** `rate` of false alarms among all alarms, see `discoveries`. */
  build(rate: number): { lines: ComparisonLines; tested: number; confidence: number } {
    const tests = this.#tests.filter((test) => typeof test === 'object');
    const { count, threshold } = discoveries(
      Float64Array.from(tests, ({ p }) => p),
      rate,
    );
    // Intervals of those that were selected need this level, not 95 %: Benjamini & Yekutieli, "False discovery
    // rate-adjusted multiple confidence intervals for selected parameters", J. Am. Stat. Assoc. 100 (2005).
    const level = (rate * Math.max(1, count)) / Math.max(1, tests.length);
    const judged = this.#tests.map((test) => judge(test, count > 0 ? threshold : -1, level));
    const lines = this.#lines;
    return {
      tested: tests.length,
      confidence: 1 - level,
      lines: {
        length: lines.length,
        handler: Uint32Array.from(lines, ({ handler }) => handler),
        phase: Uint8Array.from(lines, ({ phase }) => phase),
        function: Int32Array.from(lines, (line) => line.function),
        metric: Uint8Array.from(lines, ({ metric }) => metric),
        before: Float64Array.from(lines, ({ before }) => before),
        after: Float64Array.from(lines, ({ after }) => after),
        low: Float64Array.from(judged, ({ low }) => low),
        high: Float64Array.from(judged, ({ high }) => high),
        p: Float64Array.from(judged, ({ p }) => p),
        verdict: Uint8Array.from(judged, ({ verdict }) => VERDICTS.indexOf(verdict)),
      },
    };
  }
}

interface Judgement {
  readonly verdict: Verdict;
  readonly low: number;
  readonly high: number;
  readonly p: number;
}

const NOTHING = { low: Number.NaN, high: Number.NaN, p: Number.NaN };

function judge(test: DifferenceTest | 'rare' | undefined, threshold: number, level: number): Judgement {
  if (test === undefined) return { verdict: 'unknown', ...NOTHING };
  if (test === 'rare') return { verdict: 'rare', ...NOTHING };
  const { difference, standardError, degreesOfFreedom, p } = test;
  const verdict = p > threshold ? 'noise' : difference > 0 ? 'more' : 'less';
  const reach = standardError === 0 ? 0 : standardError * twoSidedQuantile(level, degreesOfFreedom);
  return { verdict, low: difference - reach, high: difference + reach, p };
}
