import { twoSidedP } from '../statistics/student-t.ts';

/** One line of a comparison in one run: its mean per operation, and the means of batches of operations. */
export interface RunValues {
  readonly mean: number;
  readonly batches: Float64Array;
  /** Operations in a batch, on average. */
  readonly batchSize: number;
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
 * Is the difference of two means more than noise? Undefined where nothing was repeated. A t test by
 *
 * - one run on each side: the spread over batches of operations, by Welch ("The generalization of Student's problem",
 *   Biometrika 34, 1947) or over both sides together, whichever is larger. Welch's alone takes chance for a difference
 *   where one side's few or mostly empty batches are alike by chance: with 12 operations a side in 31 % of pairs without a
 *   difference, with 50 against 300 in 13 %. This tells two runs apart; it cannot know how much two runs of the same
 *   program differ.
 * - several runs: the spread over the means of the runs, which has all that differs from run to run in it (Kalibera &
 *   Jones, "Rigorous benchmarking in reasonable time", ISMM 2013). Both sides share one spread, as there are few runs;
 *   and since runs cannot differ less than their operations make them, it is at least the one over operations.
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
  const difference = meanOf(after) - meanOf(before);
  const isRepeated = before.length + after.length > 2;
  const spread = isRepeated ? overRuns(before, after) : overOperations(older, newer);
  if (spread === undefined) return undefined;
  const { degreesOfFreedom } = spread;
  const standardError = Math.sqrt(spread.variance);
  const p = difference === 0 ? 1 : twoSidedP(difference / standardError, degreesOfFreedom);
  return { difference, standardError, degreesOfFreedom, p };
}

interface Spread {
  /** Of the difference of the means. */
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

function overOperations(before: RunValues, after: RunValues): Spread | undefined {
  const [one, other] = [varianceOfMean(before), varianceOfMean(after)];
  if (one === undefined || other === undefined) return undefined;
  const variance = one + other;
  const [free, freeOther] = [before.batches.length - 1, after.batches.length - 1];
  const weighed = one ** 2 / free + other ** 2 / freeOther;
  // A few batches may be alike by chance: then the spread of both sides together is the larger one.
  const [size, sizeOther] = [operationsIn(before), operationsIn(after)];
  const ofOperation = (one * size * free + other * sizeOther * freeOther) / (free + freeOther);
  const pooled = ofOperation / size + ofOperation / sizeOther;
  if (pooled > variance || weighed === 0) return { variance: pooled, degreesOfFreedom: free + freeOther };
  return { variance, degreesOfFreedom: variance ** 2 / weighed };
}

function operationsIn({ batches, batchSize }: RunValues): number {
  return batches.length * batchSize;
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

/** Variance of the mean of the runs' means as far as it comes from their operations. */
function ofOperations(runs: readonly RunValues[]): number {
  return runs.reduce((sum, run) => sum + (varianceOfMean(run) ?? 0), 0) / runs.length ** 2;
}

function varianceOfMean(run: RunValues): number | undefined {
  if (run.batches.length < 2) return undefined;
  const { batches } = run;
  const centre = batches.reduce((sum, value) => sum + value, 0) / batches.length;
  const spread = batches.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return spread / (batches.length - 1) / batches.length;
}
