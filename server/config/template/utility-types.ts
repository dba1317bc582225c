import type { Syntax } from './parse-source.ts';
import { typeKeys } from './type-keys.ts';
import { known, objectOf, opaque, type TypeContext, type TypedValue, unknownValue } from './typed-value.ts';

export interface UtilityReference {
  readonly name: string;
  /** As it is written. */
  readonly type: Syntax;
  readonly parameters: readonly Syntax[];
  readonly context: TypeContext;
}

/** A value of a type that TypeScript or JavaScript brings; undefined for one that is not known here. */
export function utilityType(reference: UtilityReference): TypedValue | undefined {
  const { name, parameters, context } = reference;
  const [first] = parameters;
  const value = () =>
    first ? context.follow(first, context) : unknownValue(`the type of '${context.name}' says not of what`);
  switch (name) {
    case 'Date':
      return known('new Date(Date.UTC(2026, 0, random.int(1, 28)))');
    case 'Array':
    case 'ReadonlyArray':
      return around('[', value(), ']');
    case 'Set':
    case 'ReadonlySet':
      return around('new Set([', value(), '])');
    case 'Map':
    case 'ReadonlyMap':
      return known('new Map()');
    case 'Readonly':
      return value();
    case 'NonNullable':
      return presentValue(reference, value());
    case 'Partial':
      return partialValue(reference, value());
    case 'Record':
      return recordValue(reference);
    case 'Pick':
    case 'Omit':
      return partValue(reference, value());
    default:
      return undefined;
  }
}

function around(before: string, { text, unknown, isRecursive }: TypedValue, behind: string): TypedValue {
  if (isRecursive) return known(`${before}${behind}`);
  return { text: `${before}${text}${behind}`, unknown };
}

function presentValue({ type, context }: UtilityReference, value: TypedValue): TypedValue {
  const isNothing = value.unknown.length === 0 && /^(?:null|undefined)$/.test(value.text);
  return isNothing ? opaque(type, context) : value;
}

/** Whatever the fields are, none is needed; but a list or a text has no fields. */
function partialValue({ type, context }: UtilityReference, value: TypedValue): TypedValue {
  const { fields, optional = [], isIndexed = false, isOneOf = false } = value;
  if (fields === undefined) return value.unknown.length > 0 ? value : opaque(type, context);
  return objectOf(new Map(), { optional: new Set([...fields.keys(), ...optional]), isIndexed, isOneOf });
}

/** One field for each literal; none where any text is a key. */
function recordValue({ type, parameters, context }: UtilityReference): TypedValue {
  const [first, second] = parameters;
  const keys = first && typeKeys(first, context);
  if (keys === undefined || second === undefined) return opaque(type, context);
  // `string | 'a'` is `string`.
  if (keys.isAny) return objectOf(new Map(), { isIndexed: true });
  const value = context.follow(second, context);
  return objectOf(new Map(keys.names.map((key) => [key, value])));
}

function partValue({ name, type, parameters, context }: UtilityReference, whole: TypedValue): TypedValue {
  const { fields, optional = new Set(), isIndexed, isOneOf } = whole;
  if (fields === undefined) return whole.unknown.length > 0 ? whole : opaque(type, context);
  const [, second] = parameters;
  const keys = second && typeKeys(second, context);
  if (keys === undefined || keys.isAny || isIndexed || isOneOf) return opaque(type, context);
  const named = new Set(keys.names);
  const isKept = (field: string) => named.has(field) === (name === 'Pick');
  return objectOf(new Map([...fields].filter(([field]) => isKept(field))), {
    optional: new Set([...optional].filter(isKept)),
  });
}
