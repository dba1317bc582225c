import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';

/** An object of parsed JSON. */
export type Json = Readonly<Record<string, unknown>>;

// Checked by hand rather than by a schema: a profile has millions of values, and a schema would copy them all.

/** Where a value stands; a function where making the text millions of times would take longer than the checks. */
export type Where = string | (() => string);

export function whereText(where: Where): string {
  return typeof where === 'string' ? where : where();
}

export function expectObject(where: Where, value: unknown): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw unexpected(where, value, 'an object');
}

export function expectList(where: Where, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw unexpected(where, value, 'a list');
}

/** A finite number. */
export function expectNumber(where: Where, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw unexpected(where, value, 'a number');
}

function unexpected(where: Where, value: unknown, expected: string): ProfileFormatError {
  return new ProfileFormatError(whereText(where), `${kindOf(value)} stands where ${expected} belongs`);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
