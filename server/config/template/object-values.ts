import { annotationOf, type Syntax, syntaxOf } from './parse-source.ts';
import { objectOf, opaque, type TypeContext, type TypedValue, unknownValue } from './typed-value.ts';

/** A value with the required fields of an object type. */
export function objectValue(members: readonly Syntax[], context: TypeContext): TypedValue {
  const fields = new Map<string, TypedValue>();
  const optional = new Set<string>();
  let isIndexed = false;
  for (const member of members) {
    const name = fieldName(member);
    if (member.type === 'TSIndexSignature') isIndexed = true;
    else if (name === undefined) return unknownValue(`'${context.name}' is more than an object with fields`);
    else if (member.optional) optional.add(name);
    else fields.set(name, fieldValue(member, { ...context, name }));
  }
  return objectOf(fields, { optional, isIndexed });
}

function fieldValue(member: Syntax, context: TypeContext): TypedValue {
  if (member.type === 'TSMethodSignature') return unknownValue(`'${context.name}' is a function`);
  const type = annotationOf(member);
  return type ? context.follow(type, context) : unknownValue(`'${context.name}' has no type`);
}

function fieldName({ key, computed }: Syntax): string | undefined {
  if (key === undefined || computed) return undefined;
  return key.name ?? String(key.value);
}

/** An interface, in as many places as it is declared: TypeScript merges them. */
export function interfaceValue(nodes: readonly Syntax[], context: TypeContext): TypedValue {
  const parts: TypedValue[] = [];
  for (const node of nodes) {
    for (const { expression, typeParameters } of node.extends ?? []) {
      if (typeof expression !== 'object') return opaque(node, context);
      const written = { ...expression, type: 'TSTypeReference', typeName: expression };
      const reference = { ...written, ...(typeParameters && { typeArguments: typeParameters }) };
      parts.push(context.follow(syntaxOf(reference), context));
    }
  }
  for (const node of nodes) {
    const body = node.body !== undefined && 'body' in node.body ? node.body.body : [];
    parts.push(objectValue(Array.isArray(body) ? body : [], context));
  }
  return extendedValue(parts, context);
}

/** The fields of a part are those of the parts before, or narrower: TypeScript refuses any other. */
function extendedValue(parts: readonly TypedValue[], { name }: TypeContext): TypedValue {
  const fields = new Map<string, TypedValue>();
  for (const part of parts) {
    if (part.fields === undefined)
      return part.unknown.length > 0 ? part : unknownValue(`'${name}' is more than an object with fields`);
    for (const [field, value] of part.fields) fields.set(field, value);
  }
  return objectOf(fields, shapeOf(parts, fields));
}

function shapeOf(parts: readonly TypedValue[], fields: ReadonlyMap<string, TypedValue>) {
  const optional = parts.flatMap((part) => [...(part.optional ?? [])]).filter((name) => !fields.has(name));
  return {
    optional: new Set(optional),
    isIndexed: parts.some((part) => part.isIndexed),
    isOneOf: parts.some((part) => part.isOneOf),
  };
}

/** Of objects; text or numbers with a brand are made by the application alone. */
export function intersectionValue(type: Syntax, context: TypeContext): TypedValue {
  const parts: TypedValue[] = [];
  for (const member of type.types ?? []) {
    const part = context.follow(member, context);
    if (part.fields === undefined) return part.unknown.length > 0 ? part : opaque(type, context);
    parts.push(part);
  }
  const fields = new Map<string, TypedValue>();
  for (const [name, value] of parts.flatMap((part) => [...(part.fields ?? [])])) {
    const other = fields.get(name);
    fields.set(name, other ? narrower(other, value, name) : value);
  }
  for (const name of parts.flatMap((part) => [...(part.optional ?? [])])) {
    if (fields.has(name)) fields.set(name, unknownValue(`the field '${name}' is declared more than once`));
  }
  // What the index signature says of its fields holds for those of the others.
  const isMore = parts.some((part) => part.isIndexed && part.fields?.size !== fields.size);
  return isMore ? opaque(type, context) : objectOf(fields, shapeOf(parts, fields));
}

/** A value that fits both types of a field. */
function narrower(a: TypedValue, b: TypedValue, name: string): TypedValue {
  const isOfOne = a.primitive !== undefined && a.primitive === b.primitive;
  if (isOfOne && !b.isLiteral) return a;
  if (isOfOne && !a.isLiteral) return b;
  if (isOfOne && a.text === b.text) return a;
  return unknownValue(`the field '${name}' is declared more than once`);
}
