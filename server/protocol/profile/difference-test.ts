import { twoSidedP } from '../statistics/student-t.ts';

/** One line of a comparison in one run. */
export interface RunValues {
  /** Per operation. */
  readonly mean: number;
  /** Of the mean, by the means of batches of operations; not a number where there is but one batch. */
  readonly variance: number;
  readonly batches: number;
  /** Operations of all batches. */
  readonly size: number;
  /** Captured samples in it. */
  readonly count: number;
}

/** How far a difference of means may be off by noise. */
export interface DifferenceTest {
  /** Mean after less mean before; means of the runs' means. */
  readonly difference: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  /** Two-sided, of no difference. */
  readonly p: number;
}

/**
 * Is the difference of two means more than noise? Undefined where nothing was repeated, and where there is a difference
 * without any spread to measure it by. A t test by
 *
 * - one run on each side: the spread over batches of operations, by Welch ("The generalization of Student's problem",
 *   Biometrika 34, 1947) or over both sides together, whichever is larger. Welch's alone takes chance for a difference
 *   where one side's few or mostly empty batches are alike by chance: with 12 operations a side in 31 % of pairs without a
 *   difference, with 50 against 300 in 13 %. This tells two runs apart; it cannot know how much two runs of the same
 *   program differ.
 * - several runs: the spread over the means of the runs, which has all that differs from run to run in it (Kalibera &
 *   Jones, "Rigorous benchmarking in reasonable time", ISMM 2013). Both sides share one spread, as there are few runs;
 *   and since runs cannot differ less than their operations make them, it is at least the one over operations; of a
 *   recording without operations, at least the one of the count of its samples: where two of three runs have none of a
 *   function, their means have no spread at all.
 *
 * No bootstrap: with the three to five runs that people make it draws from so few values that its intervals are too
 * short (Hesterberg, "What teachers should know about the bootstrap", The American Statistician 69, 2015).
 */
export function testDifference(
  before: readonly RunValues[],
  after: readonly RunValues[],
): DifferenceTest | undefined {
  const [older, newer] = [before[0], after[0]];
  if (!older || !newer) return undefined;
  const difference = differenceOf(meanOf(before), meanOf(after));
  const isRepeated = before.length + after.length > 2;
  const spread = isRepeated ? overRuns(before, after) : overOperations(older, newer);
  if (spread === undefined) return undefined;
  const { degreesOfFreedom } = spread;
  const standardError = Math.sqrt(spread.variance);
  if (difference !== 0 && standardError === 0) return undefined;
  const p = difference === 0 ? 1 : twoSidedP(difference / standardError, degreesOfFreedom);
  return { difference, standardError, degreesOfFreedom, p };
}

/** Of sums of millions of rows; where an amount is the same in every operation, nothing but rounding is left of a difference. */
const ROUNDING = 1e-12;

function differenceOf(before: number, after: number): number {
  const difference = after - before;
  return Math.abs(difference) <= ROUNDING * Math.max(before, after) ? 0 : difference;
}

interface Spread {
  /** Of the difference of the means. */
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

function overOperations(before: RunValues, after: RunValues): Spread | undefined {
  const [one, other] = [before.variance, after.variance];
  if (Number.isNaN(one) || Number.isNaN(other)) return undefined;
  const variance = one + other;
  const [free, freeOther] = [before.batches - 1, after.batches - 1];
  const weighed = one ** 2 / free + other ** 2 / freeOther;
  // A few batches may be alike by chance: then the spread of both sides together is the larger one.
  const ofOperation = (one * before.size * free + other * after.size * freeOther) / (free + freeOther);
  const pooled = ofOperation / before.size + ofOperation / after.size;
  if (pooled > variance || weighed === 0) return { variance: pooled, degreesOfFreedom: free + freeOther };
  return { variance, degreesOfFreedom: variance ** 2 / weighed };
}

function overRuns(before: readonly RunValues[], after: readonly RunValues[]): Spread {
  const degreesOfFreedom = before.length + after.length - 2;
  const pooled = (squares(before) + squares(after)) / degreesOfFreedom;
  const ofRuns = pooled / before.length + pooled / after.length;
  return { variance: Math.max(ofRuns, ofOperations(before) + ofOperations(after)), degreesOfFreedom };
}

function meanOf(runs: readonly RunValues[]): number {
  return runs.reduce((sum, { mean }) => sum + mean, 0) / runs.length;
}

function squares(runs: readonly RunValues[]): number {
  const centre = meanOf(runs);
  return runs.reduce((sum, { mean }) => sum + (mean - centre) ** 2, 0);
}

/** Variance of the mean of the runs' means as far as it comes from their operations, or else from counting samples. */
function ofOperations(runs: readonly RunValues[]): number {
  return runs.reduce((sum, run) => sum + ofRun(run), 0) / runs.length ** 2;
}

/** A count has about its own size as variance (Poisson), so the amount its square by the count. */
function ofRun({ mean, variance, count }: RunValues): number {
  if (!Number.isNaN(variance)) return variance;
  return count > 0 ? mean ** 2 / count : 0;
}
