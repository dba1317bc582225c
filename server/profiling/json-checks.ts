import { ProfileFormatError } from '../protocol/profile/profile-format-error.ts';

/** An object of parsed JSON. */
export type Json = Readonly<Record<string, unknown>>;

// Checked by hand rather than by a schema: a profile has millions of values, and a schema would copy them all.

export function expectObject(where: string, value: unknown): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new ProfileFormatError(where, `${kindOf(value)} stands where an object belongs`);
}

export function expectList(where: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ProfileFormatError(where, `${kindOf(value)} stands where a list belongs`);
}

/** A finite number. */
export function expectNumber(where: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new ProfileFormatError(where, `${kindOf(value)} stands where a number belongs`);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
