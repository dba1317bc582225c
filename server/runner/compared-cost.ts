import type { ComparedCost } from '../protocol/measuring-cost.ts';

/** Wall times of operations in microseconds, in the order of execution and with the same inputs. */
export interface ComparedTimes {
  readonly underTool: readonly number[];
  readonly before: readonly number[];
  readonly behind: readonly number[];
}

/**
 * What a tool cost the operations that it recorded: by how much the median of the first of them is above that of the same
 * operations without it, half of them executed before and half behind, so that a machine that becomes slower or faster
 * meanwhile does not count. As many of each as there are of all. Undefined where there are none of one.
 */
export function comparedCost({ underTool, before, behind }: ComparedTimes): ComparedCost | undefined {
  const operations = Math.min(underTool.length, before.length, behind.length);
  if (operations === 0) return undefined;
  const first = (times: readonly number[]) => median(times.slice(0, operations));
  const compared = {
    operations,
    underToolMicros: first(underTool),
    beforeMicros: first(before),
    behindMicros: first(behind),
  };
  const without = (compared.beforeMicros + compared.behindMicros) / 2;
  const share = compared.underToolMicros > 0 ? 1 - without / compared.underToolMicros : 0;
  return { share: Math.max(0, share), compared };
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}
