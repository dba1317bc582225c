import type * as z from 'zod';
import { ProfilerError, type ProfilerErrorOptions } from '../../lib/profiler-error.ts';
import { describedAt, expectationOf, fieldsAt, refinementOf } from './input-expectation.ts';
import { shownPath, shownValue } from './shown-value.ts';

/** The input of a handler is not of its form. `field` is the dotted path of the part at fault, such as `details.title`. */
export class InvalidInputError extends ProfilerError {
  override readonly name = 'InvalidInputError';

  constructor(message: string, options: ProfilerErrorOptions = {}) {
    super('invalid_input', message, options);
  }
}

/**
 * The input of a handler from what somebody gave, in the types that the handler knows.
 * A schema names what it expects in its own words by `.describe('a UUID')`.
 * @param input what JSON.parse makes; anything else is refused as well, never echoed at length
 * @param handler its name, for the sentence
 * @throws InvalidInputError that says which field, what may stand there, and what was given
 */
export function parseInput<Input>(schema: z.ZodType<Input>, input: unknown, handler: string): Input {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => innermost(issue));
  // A name that is wrong explains best why the right one is missing.
  const unknown = issues.find(({ code }) => code === 'unrecognized_keys');
  const [first, ...others] = unknown === undefined ? issues : [unknown];
  if (first === undefined) throw new InvalidInputError(`The input of ${handler} is not of its form.`);
  throw faultOf(first, others, { schema, input, handler });
}

interface Refused {
  readonly schema: z.ZodType;
  readonly input: unknown;
  readonly handler: string;
}

function faultOf(issue: z.core.$ZodIssue, others: readonly z.core.$ZodIssue[], refused: Refused) {
  const { schema, input, handler } = refused;
  if (issue.code === 'unrecognized_keys') return unknownField(issue, refused);
  const field = shownPath(issue.path);
  const expected = refinementOf(issue) ?? describedAt(schema, issue.path) ?? expectationOf(issue);
  const subject = field === '' ? `The input of ${handler}` : `${field} of ${handler}`;
  const given = valueAt(input, issue.path);
  const fields = [...new Set(others.map(({ path }) => shownPath(path)))].filter(
    (other) => other !== field && other !== '',
  );
  const advice = [...(field === '' ? whatToGive(fieldsAt(schema, [])) : []), ...alsoAtFault(fields)];
  return new InvalidInputError(`${subject} must be ${expected}; ${shownValue(given)} was given.`, {
    ...(advice.length === 0 ? {} : { advice: advice.join(' ') }),
    ...(field === '' ? {} : { field }),
  });
}

function unknownField(issue: z.core.$ZodIssueUnrecognizedKeys, { schema, handler }: Refused) {
  const field = shownPath([...issue.path, issue.keys[0] ?? '']);
  const fields = fieldsAt(schema, issue.path);
  return new InvalidInputError(`There is no field ${field} in the input of ${handler}.`, {
    advice: fields.length === 0 ? 'Leave it out.' : `The fields are ${fields.join(', ')}.`,
    field,
  });
}

function whatToGive(fields: readonly string[]): string[] {
  return fields.length === 0 ? [] : [`Give an object with ${fields.join(', ')}.`];
}

const mostFieldsShown = 5;

function alsoAtFault(fields: readonly string[]): string[] {
  if (fields.length === 0) return [];
  const more = fields.length > mostFieldsShown ? ` and ${fields.length - mostFieldsShown} more` : '';
  return [`Also at fault: ${fields.slice(0, mostFieldsShown).join(', ')}${more}.`];
}

/** Of alternatives, the one that came furthest is most likely the one that was meant. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const deepest = issue.errors
    .flatMap((alternative) => alternative.slice(0, 1))
    .reduce<z.core.$ZodIssue | undefined>(
      (best, each) => (each.path.length > (best?.path.length ?? 0) ? each : best),
      undefined,
    );
  if (deepest === undefined) return issue;
  return innermost({ ...deepest, path: [...issue.path, ...deepest.path] });
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}
