import { InvalidOptionError } from '../../eventstore/errors.ts';

/** @throws InvalidOptionError whose `field` is the name */
export function validLimit(field: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new InvalidOptionError(`${field} must be a whole number from ${least} up; ${value} was given.`, {
    advice: `Change ${field}, or leave it out.`,
    field,
  });
}
