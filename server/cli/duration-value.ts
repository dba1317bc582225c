import { UsageError } from './usage-error.ts';

const MILLIS = { us: 0.001, ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 } as const;

/** What a time can be counted in. */
export type TimeUnit = 'us' | 'ms' | 's';

/** The one rule for times, for every help text that has one. */
export const TIME_RULE = 'Every <time> is a number with its unit: 200us, 50ms, 30s, 2m or 1h.';

/**
 * A time as it is typed, counted in a unit: `500ms`, `10s`, `2m`, `1.5 h`. A number alone is refused: it would be seconds in
 * one place and microseconds in another. @throws UsageError
 */
export function timeIn(unit: TimeUnit, flag: string, text: string): number {
  const [, number, given = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const millis = isUnit(given.toLowerCase()) ? MILLIS[given.toLowerCase() as keyof typeof MILLIS] : undefined;
  if (number !== undefined && millis !== undefined)
    return withoutNoise((Number(number) * millis) / MILLIS[unit]);
  throw new UsageError(
    `${flag} must be a time with its unit, such as 500ms, 10s or 2m; ${JSON.stringify(text)} was given.`,
    number !== undefined && given === ''
      ? `Write ${flag} ${number}s for seconds, ${flag} ${number}ms for milliseconds or ${flag} ${number}us for microseconds; the units are us, ms, s, m and h.`
      : 'The units are us, ms, s, m and h.',
  );
}

/** A time as it would be typed, in the largest unit in which it is whole. */
export function timeText(value: number, unit: TimeUnit): string {
  const millis = value * MILLIS[unit];
  if (millis === 0) return '0s';
  for (const name of ['h', 'm', 's', 'ms'] as const) {
    const count = withoutNoise(millis / MILLIS[name]);
    if (Number.isInteger(count)) return `${count}${name}`;
  }
  return `${withoutNoise(millis / MILLIS.us)}us`;
}

function isUnit(text: string): text is keyof typeof MILLIS {
  return Object.hasOwn(MILLIS, text);
}

/** 1.1 ms are 1100 us, not 1100.0000000000002. */
function withoutNoise(value: number): number {
  return Number(value.toPrecision(12));
}
