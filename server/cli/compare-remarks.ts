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
    `Intervals hold with ${certainty(confidence)}; of all differences called real at most ${percent(rate)} are none, on average${isOneRunASide(comparison) ? ', as differences of these two recordings' : ''}.`,
    ...repetition(comparison, profiles),
    ...distances(profiles),
    ...(comparison.per === 'second'
      ? ['Without operations on both sides, amounts are per second of the recordings.']
      : []),
    ...(onlyBefore.length > 0 ? [`Only before: ${onlyBefore.map(onOneLine).join(', ')}.`] : []),
    ...(onlyAfter.length > 0 ? [`Only after: ${onlyAfter.map(onOneLine).join(', ')}.`] : []),
  ];
}

/** Whether the noise between one run and the next is not in the intervals. */
export function isOneRunASide({ spreadOver }: ProfileComparison): boolean {
  return spreadOver !== 'runs';
}

/** What to know before a verdict is taken for one of the code. */
export function oneRunWarnings(comparison: ProfileComparison): string[] {
  if (!isOneRunASide(comparison)) return [];
  return [
    'Warning: one recording a side does not tell how much two runs of the same code differ; what follows are differences of these two recordings, not yet of the code. Record each version several times, in turns, and give them all: compare <before1> <before2> <before3> <after1> <after2> <after3>',
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
  return [`Noise is taken from the spread over ${of}.`];
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
