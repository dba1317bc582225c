import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** At one moment. */
export interface MemorySample {
  readonly seconds: number;
  /** Megabytes in use after a collection, and what the process takes. */
  readonly heap: number;
  readonly rss: number;
}

/** Megabytes a minute, once the states are there. */
export interface MemorySlopes {
  readonly heap: number;
  readonly rss: number;
}

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

export function sampleMemory(seconds: number): MemorySample {
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  return { seconds, heap: heapUsed / 1e6, rss: rss / 1e6 };
}

/**
 * Slopes of what is left after the first third, in which caches fill and code is compiled: the median of those between any
 * two samples, which one sample in an unlucky moment does not change. Undefined when there are fewer than three.
 */
export function memorySlopes(samples: readonly MemorySample[]): MemorySlopes | undefined {
  const settled = samples.slice(Math.floor(samples.length / 3));
  if (settled.length < 3) return undefined;
  return { heap: slopeOf(settled, ({ heap }) => heap), rss: slopeOf(settled, ({ rss }) => rss) };
}

function slopeOf(samples: readonly MemorySample[], of: (sample: MemorySample) => number): number {
  const slopes = samples.flatMap((from, index) =>
    samples.slice(index + 1).map((to) => ((of(to) - of(from)) / (to.seconds - from.seconds)) * 60),
  );
  const ordered = slopes.toSorted((a, b) => a - b);
  const middle = (ordered.length - 1) / 2;
  return ((ordered[Math.floor(middle)] ?? 0) + (ordered[Math.ceil(middle)] ?? 0)) / 2;
}
