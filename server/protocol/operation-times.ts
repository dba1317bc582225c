import type { OperationTimes } from './run.ts';

/** Below this number of operations the 95th percentile would be the longest one or the second longest. */
const ENOUGH_FOR_P95 = 20;

/** From here on the median alone says too little. Below, the spread is that of any machine that does other things too. */
const WIDE = 2;

/**
 * How many times as long as the median one operation in twenty takes at least; undefined where that is nothing to
 * speak of, or where there are too few to tell.
 */
export function wideSpread({ medianMicros, p95Micros }: Pick<OperationTimes, 'medianMicros' | 'p95Micros'>) {
  if (p95Micros === undefined || medianMicros <= 0) return undefined;
  const times = p95Micros / medianMicros;
  return times > WIDE ? times : undefined;
}

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
