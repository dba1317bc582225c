import type { DeclaredTypes } from './declared-types.ts';
import type { Syntax } from './parse-source.ts';

/** A value of a type, as an expression of a config file that may use `random`. */
export interface TypedValue {
  readonly text: string;
  /** Why parts of it could not be known: there the expression says `undefined`. None for a value that fits. */
  readonly unknown: readonly string[];
  /** Its type holds itself: only an empty list around it can be written. */
  readonly isRecursive?: boolean;
  /** Of an object: its required fields, by name. */
  readonly fields?: ReadonlyMap<string, TypedValue>;
}

export interface TypeContext {
  readonly scope: DeclaredTypes;
  /** Of the field or parameter: what the value is for. */
  readonly name: string;
  /** The declared types that the value is part of. */
  readonly within: readonly Syntax[];
}

export function known(text: string): TypedValue {
  return { text, unknown: [] };
}

export function unknownValue(reason: string): TypedValue {
  return { text: 'undefined', unknown: [reason] };
}

export function objectOf(fields: ReadonlyMap<string, TypedValue>): TypedValue {
  const written = writtenFields(fields);
  return {
    text: written.length === 0 ? '{}' : `{ ${written.join(', ')} }`,
    unknown: [...fields.values()].flatMap(({ unknown }) => unknown),
    fields,
  };
}

/** `name: value` for each field. */
export function writtenFields(fields: ReadonlyMap<string, TypedValue>): readonly string[] {
  return Array.from(fields, ([name, { text }]) => `${propertyName(name)}: ${text}`);
}

export function picked(values: readonly TypedValue[]): TypedValue {
  return known(
    values.length === 1
      ? (values[0]?.text ?? '')
      : `random.pick([${values.map(({ text }) => text).join(', ')}])`,
  );
}

export function opaque(type: Syntax, { scope, name }: TypeContext): TypedValue {
  return unknownValue(`the type of '${name}', ${scope.textOf(type)}, cannot be followed`);
}

function propertyName(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
    ? name
    : `'${name.replaceAll(/['\\]/g, '\\$&')}'`;
}
