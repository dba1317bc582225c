import type { OperationTimes } from './run.ts';

/** Below this number of operations the 95th percentile would be the longest one or the second longest. */
const ENOUGH_FOR_P95 = 20;

/**
 * Median, extremes and, from 20 operations on, the 95th percentile (nearest rank) of durations in microseconds.
 * The median of an even number is the mean of the two in the middle. Undefined where there is no duration.
 */
export function operationTimes(durations: ArrayLike<number>): OperationTimes | undefined {
  const sorted = Float64Array.from(durations).sort();
  const { length } = sorted;
  if (length === 0) return undefined;
  const at = (rank: number) => sorted[rank] ?? 0;
  return {
    medianMicros: (at(Math.floor((length - 1) / 2)) + at(Math.floor(length / 2))) / 2,
    minMicros: at(0),
    maxMicros: at(length - 1),
    ...(length >= ENOUGH_FOR_P95 ? { p95Micros: at(Math.ceil(0.95 * length) - 1) } : {}),
  };
}
