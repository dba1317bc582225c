import type { ProfileUnit } from '../../../protocol/profile/profile.ts';
import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';

/** What a unit of speedscope is in the profile model, and how many of its units make one of speedscope's. */
export interface SpeedscopeUnit {
  readonly unit: ProfileUnit;
  readonly factor: number;
}

const UNITS = new Map<unknown, SpeedscopeUnit>([
  ['none', { unit: 'samples', factor: 1 }],
  ['nanoseconds', { unit: 'microseconds', factor: 1e-3 }],
  ['microseconds', { unit: 'microseconds', factor: 1 }],
  ['milliseconds', { unit: 'microseconds', factor: 1e3 }],
  ['seconds', { unit: 'microseconds', factor: 1e6 }],
  ['bytes', { unit: 'bytes', factor: 1 }],
]);

export function speedscopeUnit(unit: unknown, where: string): SpeedscopeUnit {
  const known = UNITS.get(unit);
  if (known !== undefined) return known;
  throw new ProfileFormatError(`${where}.unit`, `${JSON.stringify(unit)} is no unit of speedscope`);
}
