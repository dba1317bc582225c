import { bytes } from '../server/protocol/figures.ts';
import type { ProfileUnit } from '../server/protocol/profile/profile.ts';

const COUNT = new Intl.NumberFormat('en');
const decimals = (digits: number) =>
  new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const BY_DIGITS = [0, 1, 2, 3].map(decimals);

/** Microseconds as milliseconds with about three significant digits: `0.042 ms`, `3.14 ms`, `1,234 ms`; from 10 s on in seconds. */
export function formatMillis(micros: number): string {
  const millis = micros / 1e3;
  if (millis > 0 && millis < 0.001) return '<0.001 ms';
  if (millis >= 10_000)
    return `${BY_DIGITS[millis >= 100_000 ? 0 : 1]?.format(millis / 1e3) ?? millis / 1e3} s`;
  const digits = millis >= 100 || millis === 0 ? 0 : millis >= 10 ? 1 : millis >= 1 ? 2 : 3;
  return `${BY_DIGITS[digits]?.format(millis) ?? millis} ms`;
}

/** What a profile counts, in words: time, bytes or samples. */
export function formatAmount(amount: number, unit: ProfileUnit): string {
  if (unit === 'bytes') return bytes(amount);
  return unit === 'microseconds' ? formatMillis(amount) : counted(amount, 'sample', 'samples');
}

export interface Spread {
  readonly middle: number;
  readonly least: number;
  readonly most: number;
}

/** `180 ms (119–336)`: the unit once where it is the same. */
export function formatSpread({ middle, least, most }: Spread, of: ProfileUnit): string {
  const text = formatAmount(middle, of);
  const unit = text.slice(text.lastIndexOf(' '));
  const ends = [least, most].map((end) => formatAmount(end, of));
  const short = ends.every((end) => end.endsWith(unit))
    ? ends.map((end) => end.slice(0, -unit.length))
    : ends;
  return `${text} (${short.join('\u2013')})`;
}

/** A share from 0 to 1 as percent: `12.3 %`. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1 %';
  return `${BY_DIGITS[share >= 0.9995 ? 0 : 1]?.format(share * 100) ?? share} %`;
}

export const formatCount = (count: number) => COUNT.format(count);

/** `1 box`, `2 boxes`. */
export function counted(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
