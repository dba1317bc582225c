import { enumValues } from './enum-values.ts';
import { annotationOf, type Syntax, syntaxOf } from './parse-source.ts';
import {
  known,
  objectOf,
  opaque,
  picked,
  type TypeContext,
  type TypedValue,
  unknownValue,
} from './typed-value.ts';
import { utilityType } from './utility-types.ts';

/** Makes a value that fits a declared type: optional fields are left out, of unions of literals one is picked. */
export function valueOfType(type: Syntax, context: TypeContext): TypedValue {
  const { scope, name } = context;
  switch (type.type) {
    case 'TSStringKeyword':
      return known(textFor(name));
    case 'TSNumberKeyword':
      return known('random.int(1, 100)');
    case 'TSBigIntKeyword':
      return known('BigInt(random.int(1, 100))');
    case 'TSBooleanKeyword':
      return known('random.chance(0.5)');
    case 'TSNullKeyword':
      return known('null');
    case 'TSUndefinedKeyword':
    case 'TSVoidKeyword':
      return known('undefined');
    case 'TSLiteralType':
      return literalValue(type, context);
    case 'TSParenthesizedType':
    case 'TSTypeOperator':
    case 'TSNamedTupleMember':
      return wrappedValue(type, context);
    case 'TSArrayType':
      return type.elementType ? arrayOf(type.elementType, context) : opaque(type, context);
    case 'TSTupleType':
      return listOf((type.elementTypes ?? []).filter(isRequired), context);
    case 'TSUnionType':
      return unionValue(type.types ?? [], context);
    case 'TSIntersectionType':
      return intersectionValue(type, context);
    case 'TSTypeLiteral':
      return objectValue(type.members ?? [], context);
    case 'TSTypeReference':
      return referenceValue(type, context);
    case 'TSUnknownKeyword':
    case 'TSAnyKeyword':
    case 'TSObjectKeyword':
      return unknownValue(`the type of '${name}', ${scope.textOf(type)}, does not say what it is`);
    case 'TSFunctionType':
      return unknownValue(`'${name}' is a function`);
    default:
      return unknownValue(`the type of '${name}', ${scope.textOf(type)}, cannot be followed`);
  }
}

function textFor(name: string): string {
  if (/(^|[^a-z])id$|[a-z]I[dD]$/i.test(name)) return 'random.uuid()';
  return `\`${name.replaceAll(/[`\\$]/g, '')} \${random.int(1, 100)}\``;
}

function literalValue(type: Syntax, context: TypeContext): TypedValue {
  const { literal } = type;
  if (literal?.type === 'TemplateLiteral' || literal?.raw === undefined) {
    return literal?.type === 'UnaryExpression' ? known(context.scope.textOf(literal)) : opaque(type, context);
  }
  return known(literal.raw);
}

/** `(T)`, `readonly T`, `name: T` of a tuple. */
function wrappedValue(type: Syntax, context: TypeContext): TypedValue {
  const inner = type.typeAnnotation ?? type.elementType;
  if (inner === undefined || (type.operator !== undefined && type.operator !== 'readonly')) {
    return opaque(type, context);
  }
  return valueOfType(inner, context);
}

function arrayOf(type: Syntax, context: TypeContext): TypedValue {
  const item = valueOfType(type, context);
  return item.isRecursive ? known('[]') : { text: `[${item.text}]`, unknown: item.unknown };
}

function listOf(types: readonly Syntax[], context: TypeContext): TypedValue {
  const items = types.map((type) => valueOfType(type, context));
  return {
    text: `[${items.map(({ text }) => text).join(', ')}]`,
    unknown: items.flatMap(({ unknown }) => unknown),
  };
}

function isRequired({ type, optional }: Syntax): boolean {
  return type !== 'TSOptionalType' && type !== 'TSRestType' && optional !== true;
}

const NOTHING = new Set(['TSNullKeyword', 'TSUndefinedKeyword', 'TSVoidKeyword']);

/** One of the literals; else the first member of which all is known. */
function unionValue(types: readonly Syntax[], context: TypeContext): TypedValue {
  const telling = types.filter(({ type }) => !NOTHING.has(type));
  const values = (telling.length > 0 ? telling : types).map((type) => valueOfType(type, context));
  const isLiterals = telling.length > 1 && telling.every(({ type }) => type === 'TSLiteralType');
  if (isLiterals && values.every(({ unknown }) => unknown.length === 0)) return picked(values);
  return (
    values.find(({ unknown }) => unknown.length === 0) ?? values[0] ?? unknownValue('a union of nothing')
  );
}

/** Of objects; text or numbers with a brand are made by the application alone. */
function intersectionValue(type: Syntax, context: TypeContext): TypedValue {
  const fields = new Map<string, TypedValue>();
  for (const member of type.types ?? []) {
    const value = valueOfType(member, context);
    if (value.fields === undefined) return value.unknown.length > 0 ? value : opaque(type, context);
    for (const [name, field] of value.fields) fields.set(name, field);
  }
  return objectOf(fields);
}

function objectValue(members: readonly Syntax[], context: TypeContext): TypedValue {
  const fields = new Map<string, TypedValue>();
  for (const member of members) {
    if (member.optional || member.type === 'TSIndexSignature') continue;
    const name = fieldName(member);
    if (name === undefined) return unknownValue(`'${context.name}' is more than an object with fields`);
    fields.set(name, fieldValue(member, { ...context, name }));
  }
  return objectOf(fields);
}

function fieldValue(member: Syntax, context: TypeContext): TypedValue {
  if (member.type === 'TSMethodSignature') return unknownValue(`'${context.name}' is a function`);
  const type = annotationOf(member);
  return type ? valueOfType(type, context) : unknownValue(`'${context.name}' has no type`);
}

function fieldName({ key, computed }: Syntax): string | undefined {
  if (key === undefined || computed) return undefined;
  return key.name ?? String(key.value);
}

function referenceValue(type: Syntax, context: TypeContext): TypedValue {
  const name = type.typeName?.name;
  if (name === undefined) return opaque(type, context);
  const parameters = type.typeArguments?.params ?? [];
  const found = context.scope.lookup(name);
  if ('reason' in found) {
    const built =
      context.scope.importOf(name) === undefined
        ? utilityType({ name, parameters, context: context, follow: valueOfType })
        : undefined;
    return built ?? unknownValue(`${found.reason}`);
  }
  if (found.node.typeParameters !== undefined || parameters.length > 0) return opaque(type, context);
  if (context.within.includes(found.node)) {
    return { ...unknownValue(`the type of '${context.name}', ${name}, holds itself`), isRecursive: true };
  }
  return declaredValue(found.node, {
    ...context,
    scope: found.scope,
    within: [...context.within, found.node],
  });
}

function declaredValue(node: Syntax, context: TypeContext): TypedValue {
  if (node.type === 'TSTypeAliasDeclaration' && node.typeAnnotation)
    return valueOfType(node.typeAnnotation, context);
  if (node.type === 'TSEnumDeclaration' && node.members?.length) return picked(enumValues(node).map(known));
  if (node.type !== 'TSInterfaceDeclaration')
    return unknownValue(`'${context.name}' is an instance of a class`);
  const fields = new Map<string, TypedValue>();
  for (const { expression, typeArguments } of node.extends ?? []) {
    if (typeof expression !== 'object') return opaque(node, context);
    const reference = { ...expression, type: 'TSTypeReference', typeName: expression, typeArguments };
    const base = referenceValue(syntaxOf(reference), context);
    if (base.fields === undefined) return base;
    for (const [name, field] of base.fields) fields.set(name, field);
  }
  const body = node.body !== undefined && 'body' in node.body ? node.body.body : [];
  const own = objectValue(Array.isArray(body) ? body : [], context);
  if (own.fields === undefined) return own;
  return objectOf(new Map([...fields, ...own.fields]));
}
