import type { Pace } from './pace.ts';

const SAMPLES = 60;

/** How many wait, at evenly spaced moments of so many seconds; ends early when the signal is aborted. */
export async function watchBacklog(
  {
    pace,
    seconds,
    backlog,
  }: { readonly pace: Pace; readonly seconds: number; readonly backlog: () => number },
  signal: AbortSignal,
): Promise<readonly number[]> {
  const start = pace.clock.monotonicMicros();
  const samples: number[] = [];
  while (samples.length < SAMPLES) {
    await pace.sleepUntil(start + ((samples.length + 1) / SAMPLES) * seconds * 1e6, signal);
    if (signal.aborted) break;
    samples.push(backlog());
  }
  return samples;
}

/**
 * Whether more and more wait: in the last third more than in the one before, and still more at its end. How many come in a
 * third varies by the square root of their number; what grows by less may be chance.
 */
export function isGrowing(samples: readonly number[], arrivals: number): boolean {
  const third = Math.floor(samples.length / 3);
  if (third === 0) return false;
  const before = mean(samples.slice(-2 * third, -third));
  const after = mean(samples.slice(-third));
  return after - before > Math.sqrt(arrivals / 3) && (samples.at(-1) ?? 0) >= after;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
