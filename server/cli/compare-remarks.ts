import { millis, percent } from '../protocol/figures.ts';
import type { ProfileComparison } from '../protocol/profile/comparison.ts';
import type { Profile } from '../protocol/profile/profile.ts';
import { onOneLine } from './foreign-text.ts';

/** From here on a difference of the sampling distances shows in what the functions seem to take. */
const OTHER_DISTANCE = 1.25;
const ENOUGH_RUNS = 3;

type Sides = Readonly<Record<'before' | 'after', readonly Profile[]>>;

/** What to keep in mind when reading a comparison, one sentence each. */
export function compareRemarks(comparison: ProfileComparison, profiles: Sides): string[] {
  const { rate, confidence, onlyBefore, onlyAfter } = comparison;
  return [
    `Intervals hold with ${certainty(confidence)}; of all differences called real at most ${percent(rate)} are none, on average.`,
    ...repetition(comparison, profiles),
    ...distances(profiles),
    ...(comparison.per === 'second'
      ? ['Without operations on both sides, amounts are per second of the recordings.']
      : []),
    ...(onlyBefore.length > 0 ? [`Only before: ${onlyBefore.map(onOneLine).join(', ')}.`] : []),
    ...(onlyAfter.length > 0 ? [`Only after: ${onlyAfter.map(onOneLine).join(', ')}.`] : []),
  ];
}

/** Rounded up it would be a certainty, which no statistics give. */
function certainty(confidence: number): string {
  return confidence < 1 && confidence >= 0.9995 ? '>99.9 %' : percent(confidence);
}

function repetition({ spreadOver, per }: ProfileComparison, { before, after }: Sides): string[] {
  if (spreadOver === 'runs') {
    if (Math.min(before.length, after.length) >= ENOUGH_RUNS) return [];
    return [
      `Noise is taken from the spread over runs: with fewer than ${ENOUGH_RUNS} files a side it is known so badly that even large differences may not stand out.`,
    ];
  }
  const of = per === 'operation' ? 'operations' : 'stretches of one recording';
  return [
    `Noise is taken from the spread over ${of}. Two runs of the same program may differ by more: give several files a side to count that too.`,
  ];
}

function distances({ before, after }: Sides): string[] {
  const [older, newer] = [meanDistance(before), meanDistance(after)];
  if (older === 0 || newer === 0) return [];
  if (Math.max(older, newer) / Math.min(older, newer) < OTHER_DISTANCE) return [];
  return [
    `Samples are ${millis(older)} ms apart before and ${millis(newer)} ms after: short functions may seem to differ for that alone.`,
  ];
}

function meanDistance(profiles: readonly Profile[]): number {
  const known = profiles.filter(
    ({ unit, sampleDistanceMicros }) => unit === 'microseconds' && sampleDistanceMicros > 0,
  );
  return (
    known.reduce((sum, { sampleDistanceMicros }) => sum + sampleDistanceMicros, 0) / Math.max(1, known.length)
  );
}
