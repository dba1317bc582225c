import type { Rhythm } from './simulation-options.ts';

/** What time it is in the library, as far as it changes what people do. */
export interface HourOfDay {
  /** Arrivals compared with the mean of the day. */
  readonly arrivals: number;
  /** How much likelier than usual somebody brings a book back. */
  readonly returns: number;
}

/*
 * The hours from 9 to 19 o'clock. In the morning people queue before the door with what they have read, in the evening
 * they come from work and bring back more than they take; noon is quiet. The arrivals have a mean of exactly 1.
 */
const HOURS: readonly HourOfDay[] = [
  { arrivals: 1.4, returns: 1.1 },
  { arrivals: 1.1, returns: 1 },
  { arrivals: 0.9, returns: 0.9 },
  { arrivals: 0.8, returns: 0.9 },
  { arrivals: 0.7, returns: 0.9 },
  { arrivals: 0.8, returns: 0.9 },
  { arrivals: 0.9, returns: 1 },
  { arrivals: 1.1, returns: 1 },
  { arrivals: 1.4, returns: 1.2 },
  { arrivals: 1.2, returns: 1.2 },
  { arrivals: 0.7, returns: 1.1 },
];

const USUAL: HourOfDay = { arrivals: 1, returns: 1 };

/** The busiest hour, compared with the mean. */
export const BUSIEST = Math.max(...HOURS.map(({ arrivals }) => arrivals));

/** The library's time at a moment of the simulation. Days follow each other without nights: nothing happens in them. */
export function hourOfDay(rhythm: Rhythm, elapsedMicros: number, dayMicros: number): HourOfDay {
  if (rhythm === 'steady') return USUAL;
  const shareOfDay = (elapsedMicros % dayMicros) / dayMicros;
  return HOURS[Math.floor(shareOfDay * HOURS.length)] ?? USUAL;
}
