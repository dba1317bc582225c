import type { Random } from '../../lib/random.ts';
import { BUSIEST, hourOfDay } from './daily-rhythm.ts';
import type { Rhythm } from './simulation-options.ts';

export interface ArrivalOptions {
  /** Mean per second. */
  readonly rate: number;
  readonly rhythm: Rhythm;
  /** Length of a day of the library. */
  readonly dayMicros: number;
}

/**
 * When people come: a Poisson process, for they do not know of each other, with the rate of the hour. Times are
 * microseconds since the start, in order, without end. They are settled ahead of time, whatever happens to those who came
 * before: that is what makes the loop open.
 *
 * By thinning (Lewis and Shedler 1979): arrivals at the rate of the busiest hour, each kept with the share of its hour.
 */
export function* arrivals({ rate, rhythm, dayMicros }: ArrivalOptions, random: Random): Generator<number> {
  const busiest = rhythm === 'daily' ? BUSIEST : 1;
  const meanGapMicros = 1e6 / (rate * busiest);
  for (let at = 0; ; ) {
    // 1 - fraction() is never 0, whose logarithm is infinite.
    at += -Math.log(1 - random.fraction()) * meanGapMicros;
    if (random.chance(hourOfDay(rhythm, at, dayMicros).arrivals / busiest)) yield at;
  }
}
