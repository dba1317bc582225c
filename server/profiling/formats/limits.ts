import { ProfileFormatError } from '../../protocol/profile/profile-format-error.ts';

/** Three times what the model is designed for; 16 million samples are 700 MB while they are read. */
export const MAX_SAMPLES = 2 ** 24;

/** Four times what the model is designed for. */
export const MAX_NODES = 2 ** 22;

/** Frames of all stacks of one file together, where a file writes each stack out. */
export const MAX_STACK_ENTRIES = 2 ** 27;

/** Inlined functions of all stacks together, where a file names many by one location: half a second's work. */
export const MAX_INLINED = 2 ** 25;

/** Bytes of one text. V8 names regular expressions by their source, which may be long; this is no name any more. */
export const MAX_TEXT = 2 ** 20;

/** Calls in one stack: what a picture can draw; see `checkProfile`. */
export const MAX_DEPTH = 65_000;

/** Microseconds: 31 years. No clock of a profile shows times further apart. */
export const MAX_SPAN_MICROS = 1e15;

const SHORTER = 'Record for a shorter time or with a longer sampling interval.';

export function tooManySamples(where: string): () => ProfileFormatError {
  return () => tooMany(where, MAX_SAMPLES, 'samples');
}

export function tooManyNodes(where: string): () => ProfileFormatError {
  return () => tooMany(where, MAX_NODES, 'nodes of the call tree');
}

export function tooManyEntries(where: string): () => ProfileFormatError {
  return () => tooMany(where, MAX_STACK_ENTRIES, 'entries in its stacks');
}

export function tooManyInlined(where: string): ProfileFormatError {
  return tooMany(where, MAX_INLINED, 'inlined functions in its stacks');
}

export function tooDeep(where: string): ProfileFormatError {
  return new ProfileFormatError(
    where,
    `the stack is deeper than ${MAX_DEPTH.toLocaleString('en-US')} calls`,
    {
      advice: 'Record the profile with a limit on the depth of stacks.',
    },
  );
}

export function tooLongText(where: string, bytes: number): ProfileFormatError {
  const limit = MAX_TEXT.toLocaleString('en-US');
  return new ProfileFormatError(
    where,
    `a text of ${bytes.toLocaleString('en-US')} bytes stands there; ${limit} is the limit`,
  );
}

function tooMany(where: string, most: number, what: string): ProfileFormatError {
  const problem = `it has more than ${most.toLocaleString('en-US')} ${what}, which is the limit`;
  return new ProfileFormatError(where, problem, { advice: SHORTER });
}
