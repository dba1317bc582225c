import type { ProfileUnit } from '../../../protocol/profile/profile.ts';

/** What a unit of pprof is in the profile model, and how many of its units make one of pprof's. */
export interface PprofUnit {
  readonly unit: ProfileUnit;
  readonly factor: number;
}

const UNITS = new Map<string, PprofUnit>([
  ['nanoseconds', { unit: 'microseconds', factor: 1e-3 }],
  ['microseconds', { unit: 'microseconds', factor: 1 }],
  ['milliseconds', { unit: 'microseconds', factor: 1e3 }],
  ['seconds', { unit: 'microseconds', factor: 1e6 }],
  ['bytes', { unit: 'bytes', factor: 1 }],
  ['kilobytes', { unit: 'bytes', factor: 1024 }],
  ['megabytes', { unit: 'bytes', factor: 1024 ** 2 }],
]);

/** What is neither time nor bytes is counted. */
export function pprofUnit(unit: string): PprofUnit {
  return UNITS.get(unit) ?? { unit: 'samples', factor: 1 };
}
