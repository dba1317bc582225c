import { createRandom } from '../../../../server/lib/random.ts';

/** The middle of what was measured, and between which bounds it lies in 95 of 100 cases. */
export interface Estimate {
  readonly value: number;
  readonly interval: readonly [number, number];
}

const RESAMPLES = 2_000;

/**
 * The median of values in groups, with its 95 % interval by bootstrap: groups are drawn with replacement, and values in each,
 * as values of one process are more alike than those of two.
 */
export function medianWithInterval(groups: readonly (readonly number[])[]): Estimate {
  const random = createRandom(groups.length);
  const medians = Array.from({ length: RESAMPLES }, () =>
    median(groups.flatMap(() => resampled(random.pick(groups), random.below))),
  ).sort((a, b) => a - b);
  const at = (share: number) => medians[Math.round(share * (RESAMPLES - 1))] ?? Number.NaN;
  return { value: median(groups.flat()), interval: [at(0.025), at(0.975)] };
}

function resampled(values: readonly number[], below: (limit: number) => number): number[] {
  return values.map(() => values[below(values.length)] ?? Number.NaN);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
