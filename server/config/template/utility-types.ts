import type { Syntax } from './parse-source.ts';
import { known, objectOf, opaque, type TypeContext, type TypedValue, unknownValue } from './typed-value.ts';

export interface UtilityReference {
  readonly name: string;
  readonly parameters: readonly Syntax[];
  readonly context: TypeContext;
  readonly follow: (type: Syntax, context: TypeContext) => TypedValue;
}

/** A value of a type that TypeScript or JavaScript brings; undefined for one that is not known here. */
export function utilityType(reference: UtilityReference): TypedValue | undefined {
  const { name, parameters, context, follow } = reference;
  const [first, second] = parameters;
  const value = (type: Syntax | undefined) =>
    type ? follow(type, context) : unknownValue(`the type of '${context.name}' says not of what`);
  switch (name) {
    case 'Date':
      return known('new Date(Date.UTC(2026, 0, random.int(1, 28)))');
    case 'Array':
    case 'ReadonlyArray':
      return around('[', value(first), ']');
    case 'Set':
    case 'ReadonlySet':
      return around('new Set([', value(first), '])');
    case 'Map':
    case 'ReadonlyMap':
      return known('new Map()');
    case 'Readonly':
    case 'NonNullable':
      return value(first);
    case 'Partial':
      return objectOf(new Map());
    case 'Record':
      return recordValue(reference, value(second));
    case 'Pick':
    case 'Omit':
      return partValue(reference, value(first));
    default:
      return undefined;
  }
}

function around(before: string, { text, unknown, isRecursive }: TypedValue, behind: string): TypedValue {
  if (isRecursive) return known(`${before}${behind}`);
  return { text: `${before}${text}${behind}`, unknown };
}

/** One field for each literal; none where any text is a key. */
function recordValue({ parameters: [keys] }: UtilityReference, value: TypedValue): TypedValue {
  return objectOf(new Map(keys ? literalsOf(keys).map((key) => [key, value]) : []));
}

function partValue(reference: UtilityReference, { fields, ...whole }: TypedValue): TypedValue {
  const { name, parameters, context } = reference;
  const [type, keys] = parameters;
  if (fields === undefined) return whole.unknown.length > 0 || !type ? whole : opaque(type, context);
  const named = new Set(keys ? literalsOf(keys) : []);
  return objectOf(new Map([...fields].filter(([field]) => named.has(field) === (name === 'Pick'))));
}

function literalsOf({ type, types = [], literal }: Syntax): readonly string[] {
  if (type === 'TSUnionType') return types.flatMap(literalsOf);
  return typeof literal?.value === 'string' ? [literal.value] : [];
}
