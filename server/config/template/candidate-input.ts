import type { DeclaredTypes } from './declared-types.ts';
import type { Parameter, TypeParameters } from './exported-functions.ts';
import type { Syntax } from './parse-source.ts';
import {
  type Budget,
  known,
  objectOf,
  type TypeContext,
  type TypedValue,
  unknownValue,
  writtenFields,
} from './typed-value.ts';
import { valueOfType } from './value-of-type.ts';

/** What a handler is given, as far as its declaration tells. */
export interface CandidateInput {
  /** An expression that may use `random`; undefined for a function that needs none. */
  readonly text?: string;
  /** The same as the fields of an object, for more than one line. */
  readonly fields?: readonly string[];
  /** What somebody has to say before it can be run; empty when it can be run as it stands. */
  readonly unknown: readonly string[];
}

/** Where the types of a function's parameters are declared. */
export interface ParameterScope {
  readonly scope: DeclaredTypes;
  readonly typeParameters: TypeParameters;
  /** What the inputs of all functions together may still cost. */
  readonly allowance: Budget;
}

// The types of an application's inputs have some dozens; as many fields are more than a screen shows.
const MOST_PARTS = 1000;
const LONGEST_TEXT = 4000;

/** A handler is called with its input and the profiler's context, and with nothing else. */
export function candidateInput(parameters: readonly Parameter[], within: ParameterScope): CandidateInput {
  const [first, second, ...others] = parameters;
  const { scope } = within;
  const unknown = [
    ...(second && !isContext(second, scope)
      ? [`its second argument would be the profiler's context, and not '${second.shown.replace(/\?$/, '')}'`]
      : []),
    ...others
      .filter(({ isOptional, isRest }) => !isOptional && !isRest)
      .map(({ shown }) => `nothing is given for '${shown}'`),
  ];
  if (first === undefined || first.isOptional) return { unknown };
  const value = first.isRest
    ? unknownValue(`it takes a list of arguments, ${first.shown}`)
    : boundedValue(first, within);
  // What is declared as undefined needs none; what is not known is for somebody to write.
  if (value.text === 'undefined' && value.unknown.length === 0) return { unknown };
  return {
    text: value.text,
    unknown: [...value.unknown, ...unknown],
    ...(value.fields && { fields: writtenFields(value.fields) }),
  };
}

function boundedValue(parameter: Parameter, { allowance, ...within }: ParameterScope): TypedValue {
  const budget: Budget = { parts: Math.min(MOST_PARTS, allowance.parts) };
  const before = budget.parts;
  const value = declaredValue(parameter, { ...within, budget });
  allowance.parts -= before - Math.max(budget.parts, 0);
  if (budget.parts < 0 && before < MOST_PARTS)
    return unknownValue('the functions of this workspace have more types than are followed');
  if (budget.parts < 0)
    return unknownValue(`the type of '${parameter.shown}' is made of more than ${count(MOST_PARTS)} types`);
  if (value.text.length > LONGEST_TEXT)
    return unknownValue(`a value of '${parameter.shown}' has more than ${count(LONGEST_TEXT)} characters`);
  return value;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}

type ValueScope = Pick<TypeContext, 'scope' | 'typeParameters' | 'budget'>;

function declaredValue({ type, fields, shown }: Parameter, within: ValueScope): TypedValue {
  if (type === undefined || shown === 'this') return undeclaredValue(shown, fields);
  return valueOfType(type, { ...within, name: fields ? 'input' : shown, within: [], follow: valueOfType });
}

function undeclaredValue(shown: string, fields: readonly string[] | undefined): TypedValue {
  // TypeScript's way to declare what a function is a method of.
  if (shown === 'this') return unknownValue("it is a method, and nothing is given for 'this'");
  const unknown = unknownValue(`the type of '${shown}' is not declared`);
  if (fields === undefined) return unknown;
  const guesses = fields.filter((field) => field !== '…');
  const guess = objectOf(new Map(guesses.map((field) => [field, known('random.int(1, 100)')])));
  return { ...guess, ...unknown, text: guess.text };
}

const CONTEXT_FIELDS = new Set(['store', 'pool', 'databaseUrl', 'signal', 'iteration', 'phase']);

/** By its type, or because it takes out of it only what the context has. */
function isContext({ type, fields }: Parameter, scope: DeclaredTypes): boolean {
  if (fields !== undefined) return fields.every((field) => CONTEXT_FIELDS.has(field));
  return type !== undefined && isOurs(type, scope);
}

function isOurs({ typeName }: Syntax, scope: DeclaredTypes): boolean {
  return typeName?.name !== undefined && scope.importOf(typeName.name) === 'eventstore-profiler';
}
