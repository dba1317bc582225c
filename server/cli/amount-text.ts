import { amount, millis } from '../protocol/figures.ts';
import type { ProfileUnit } from '../protocol/profile/profile.ts';

/** What amounts of a profile are shown in. */
export const UNIT_NAMES: Readonly<Record<ProfileUnit, string>> = {
  microseconds: 'ms',
  bytes: 'kB',
  // Not samples: a file may count anything, as microseconds where a tool wrote time without its unit.
  samples: 'counts',
};

export function inUnit(value: number, unit: ProfileUnit): string {
  if (unit === 'microseconds') return millis(value);
  return amount(unit === 'bytes' ? value / 1000 : value);
}

/** With its sign in front. */
export function signedInUnit(value: number, unit: ProfileUnit): string {
  return `${value < 0 ? '−' : '+'}${inUnit(Math.abs(value), unit)}`;
}
