import type { Constant } from './constant-value.ts';
import type { DeclaredTypes } from './declared-types.ts';
import type { TypeParameters } from './exported-functions.ts';
import type { Syntax } from './parse-source.ts';
import { textLiteral } from './text-literal.ts';

/** A value of a type, as an expression of a config file that may use `random`. */
export interface TypedValue extends Partial<ObjectShape> {
  readonly text: string;
  /** Why parts of it could not be known: there the expression says `undefined`. None for a value that fits. */
  readonly unknown: readonly string[];
  /** Its type holds itself: only an empty list around it can be written. */
  readonly isRecursive?: boolean;
  /** Of an object: its required fields, by name. */
  readonly fields?: ReadonlyMap<string, TypedValue>;
  /** The type is this of JavaScript's. */
  readonly primitive?: Primitive;
  /** The type is one literal of that, or a choice of them. */
  readonly isLiteral?: boolean;
}

export type Primitive = 'string' | 'number' | 'bigint' | 'boolean';

/** What an object's type says beside its required fields. */
export interface ObjectShape {
  /** Names of the fields that may be left out, and are. */
  readonly optional: ReadonlySet<string>;
  /** It may have fields by an index signature. */
  readonly isIndexed: boolean;
  /** It is one of a union, whose others have other fields. */
  readonly isOneOf: boolean;
}

export interface TypeContext {
  readonly scope: DeclaredTypes;
  /** Of the function, where the type stands in it: they hide the declared types of the same name. */
  readonly typeParameters: TypeParameters;
  /** Of the field or parameter: what the value is for. */
  readonly name: string;
  /** The declared types that the value is part of. */
  readonly within: readonly Syntax[];
  /** What the whole value may still cost; shared by all of its parts. */
  readonly budget: Budget;
  /** Makes the value of a type that this one is made of. */
  readonly follow: (type: Syntax, context: TypeContext) => TypedValue;
}

export interface Budget {
  /** Types that may still be followed. Types that name others twice each would else be as many as 2 to the power of their number. */
  parts: number;
}

// No list of a config is read beyond that.
export const MOST_MEMBERS = 200;

export function known(text: string): TypedValue {
  return { text, unknown: [] };
}

export function unknownValue(reason: string): TypedValue {
  return { text: 'undefined', unknown: [reason] };
}

/** Of an enum's member or of a literal. */
export function constant(value: Constant | bigint | boolean): TypedValue {
  const text =
    typeof value === 'string' ? textLiteral(value) : typeof value === 'bigint' ? `${value}n` : numeral(value);
  const primitive = typeof value as Primitive;
  return { text, unknown: [], primitive, isLiteral: true };
}

/** `String(-0)` is `0`. */
function numeral(value: number | boolean): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

export function objectOf(
  fields: ReadonlyMap<string, TypedValue>,
  shape: Partial<ObjectShape> = {},
): TypedValue {
  const written = writtenFields(fields);
  return {
    text: written.length === 0 ? '{}' : `{ ${written.join(', ')} }`,
    unknown: [...fields.values()].flatMap(({ unknown }) => unknown),
    fields,
    ...shape,
  };
}

/** `name: value` for each field. */
export function writtenFields(fields: ReadonlyMap<string, TypedValue>): readonly string[] {
  return Array.from(fields, ([name, { text }]) => `${propertyName(name)}: ${text}`);
}

/** Of literals. */
export function picked(values: readonly TypedValue[]): TypedValue {
  const [first] = values;
  if (first === undefined) return unknownValue('a union of nothing');
  if (values.length === 1) return first;
  const text = `random.pick([${values.map((value) => value.text).join(', ')}])`;
  const { primitive } = first;
  const isOfOne = primitive !== undefined && values.every((value) => value.primitive === primitive);
  return isOfOne ? { text, unknown: [], primitive, isLiteral: true } : known(text);
}

export function opaque(type: Syntax, { scope, name }: Pick<TypeContext, 'scope' | 'name'>): TypedValue {
  return unknownValue(`the type of '${name}', ${scope.textOf(type)}, cannot be followed`);
}

function propertyName(name: string): string {
  // Written as it is, it would be no field, but the prototype.
  if (name === '__proto__') return "['__proto__']";
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : textLiteral(name);
}
