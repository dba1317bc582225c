import { UsageError } from './usage-error.ts';

const MILLIS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

/** A time as it is typed, in milliseconds: `500ms`, `10s`, `2m`, `1.5 h`. @throws UsageError, also for a number alone */
export function millisOf(flag: string, text: string): number {
  const [, number, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(text) ?? [];
  const millis = MILLIS[unit.toLowerCase()];
  if (number !== undefined && millis !== undefined && Number(number) > 0) return Number(number) * millis;
  throw new UsageError(
    `${flag} must be a time with its unit, such as 500ms, 10s or 2m; ${JSON.stringify(text)} was given.`,
    'The units are us, ms, s, m and h.',
  );
}
