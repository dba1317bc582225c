import { amount, counted } from '../../protocol/figures.ts';
import { ProfileFormatError } from '../../protocol/profile/profile-format-error.ts';
import type { ReadOptions } from './file-capture.ts';

/** One of the profiles in a file. */
export interface Candidate<T> {
  readonly value: T;
  /** As the file names it. */
  readonly name: string;
  readonly samples: number;
}

/**
 * The profile that was asked for, else the one that the file prefers, else the one with most samples. The others are told.
 * `preferred` is an index; one that does not exist is none.
 */
export function chooseProfile<T>(
  candidates: readonly [Candidate<T>, ...Candidate<T>[]],
  { choice, note }: ReadOptions,
  preferred?: number,
): T {
  const chosen = choice === undefined ? defaultOf(candidates, preferred) : candidates[choice - 1];
  if (chosen === undefined) {
    throw noSuchProfile(choice ?? 0, candidates.map(described));
  }
  if (candidates.length > 1)
    note?.(`Read: ${described(chosen, candidates.indexOf(chosen))}. ${others(candidates, chosen)}`);
  return chosen.value;
}

/** For formats that hold one profile: there is no other to choose. */
export function expectOnlyProfile({ choice }: ReadOptions): void {
  if (choice !== undefined && choice !== 1) throw noSuchProfile(choice, []);
}

function noSuchProfile(choice: number, names: readonly string[]): ProfileFormatError {
  const advice =
    names.length > 1
      ? `Choose one from 1 to ${names.length}: ${names.join('; ')}.`
      : 'The file holds 1 profile: leave the choice out.';
  return new ProfileFormatError('the file', `there is no profile ${choice} in it`, { advice });
}

function defaultOf<T>(
  candidates: readonly [Candidate<T>, ...Candidate<T>[]],
  preferred: number | undefined,
): Candidate<T> {
  const wanted = preferred === undefined ? undefined : candidates[preferred];
  return wanted ?? candidates.reduce((most, one) => (one.samples > most.samples ? one : most));
}

const NAMED = 8;

function others<T>(candidates: readonly Candidate<T>[], chosen: Candidate<T>): string {
  const told = candidates.map(described).filter((_, at) => candidates[at] !== chosen);
  const more = told.length > NAMED ? `; and ${amount(told.length - NAMED)} more` : '';
  return `Not read: ${told.slice(0, NAMED).join('; ')}${more}.`;
}

function described<T>({ name, samples }: Candidate<T>, at: number): string {
  return `profile ${at + 1}, ${name.slice(0, 80)} (${counted(samples, 'sample')})`;
}
