import { plainTemplate } from './constant-value.ts';
import { enumValues } from './enum-values.ts';
import { interfaceValue, intersectionValue, objectValue } from './object-values.ts';
import type { Syntax } from './parse-source.ts';
import {
  constant,
  known,
  MOST_MEMBERS,
  opaque,
  type Primitive,
  picked,
  type TypeContext,
  type TypedValue,
  unknownValue,
} from './typed-value.ts';
import { utilityType } from './utility-types.ts';

/**
 * Makes a value that fits a declared type: optional fields are left out, of unions of literals one is picked. What is
 * not certain is unknown. The context's budget bounds how many types are followed.
 */
export function valueOfType(type: Syntax, context: TypeContext): TypedValue {
  const { scope, name } = context;
  context.budget.parts -= 1;
  if (context.budget.parts < 0) return unknownValue('its type has too many parts');
  switch (type.type) {
    case 'TSStringKeyword':
      return anyOf('string', textFor(name));
    case 'TSNumberKeyword':
      return anyOf('number', 'random.int(1, 100)');
    case 'TSBigIntKeyword':
      return anyOf('bigint', 'BigInt(random.int(1, 100))');
    case 'TSBooleanKeyword':
      return anyOf('boolean', 'random.chance(0.5)');
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
      return tupleValue(type, context);
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
      return opaque(type, context);
  }
}

function anyOf(primitive: Primitive, text: string): TypedValue {
  return { text, unknown: [], primitive };
}

function textFor(name: string): string {
  if (/(^|[^a-z])id$|[a-z]I[dD]$/i.test(name)) return 'random.uuid()';
  // Names may hold anything, and this one stands between quotes.
  return `\`${name.replaceAll(/[^\p{L}\p{N} _.-]/gu, '')} \${random.int(1, 100)}\``;
}

function literalValue(type: Syntax, context: TypeContext): TypedValue {
  const { literal } = type;
  const isNegative = literal?.type === 'UnaryExpression' && literal.operator === '-';
  const value =
    literal?.type === 'TemplateLiteral'
      ? plainTemplate(literal)
      : isNegative
        ? literal.argument?.value
        : literal?.value;
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return constant(isNegative ? -value : value);
    case 'string':
    case 'boolean':
      return constant(value);
    default:
      return opaque(type, context);
  }
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

/** Without what may be left out: that of `...T[]` too, but not that of `...T`, which may be a tuple. */
function tupleValue(type: Syntax, context: TypeContext): TypedValue {
  const types = type.elementTypes ?? [];
  const rests = types.filter((each) => each.type === 'TSRestType');
  if (!rests.every(isListOfRest)) return opaque(type, context);
  const items = types.filter(isRequired).map((each) => valueOfType(each, context));
  return {
    text: `[${items.map(({ text }) => text).join(', ')}]`,
    unknown: items.flatMap(({ unknown }) => unknown),
  };
}

function isListOfRest({ typeAnnotation }: Syntax): boolean {
  const list = typeAnnotation?.type === 'TSNamedTupleMember' ? typeAnnotation.elementType : typeAnnotation;
  return list?.type === 'TSArrayType';
}

function isRequired({ type, optional }: Syntax): boolean {
  return type !== 'TSOptionalType' && type !== 'TSRestType' && optional !== true;
}

const NOTHING = new Set(['TSNullKeyword', 'TSUndefinedKeyword', 'TSVoidKeyword']);

/** One of the literals; else the first member of which all is known. */
function unionValue(types: readonly Syntax[], context: TypeContext): TypedValue {
  if (types.length > MOST_MEMBERS) {
    return unknownValue(`the type of '${context.name}' is a union of more than ${MOST_MEMBERS} types`);
  }
  const telling = types.filter(({ type }) => !NOTHING.has(type));
  const values = (telling.length > 0 ? telling : types).map((type) => valueOfType(type, context));
  const isLiterals = telling.length > 1 && telling.every(({ type }) => type === 'TSLiteralType');
  if (isLiterals && values.every(({ unknown }) => unknown.length === 0)) return picked(values);
  const chosen = values.find(({ unknown }) => unknown.length === 0) ?? values[0];
  if (chosen === undefined) return unknownValue('a union of nothing');
  // What fits the union fits none of its types alone.
  const { primitive: _, isLiteral: __, ...value } = chosen;
  return types.length === 1 ? chosen : { ...value, isOneOf: true };
}

function referenceValue(type: Syntax, context: TypeContext): TypedValue {
  const name = type.typeName?.name;
  if (name === undefined) return opaque(type, context);
  if (context.typeParameters.has(name)) return parameterValue(name, context);
  const parameters = type.typeArguments?.params ?? [];
  const found = context.scope.lookup(name);
  if ('reason' in found) {
    const isBuiltIn = context.scope.importOf(name) === undefined;
    return (
      (isBuiltIn ? utilityType({ name, type, parameters, context }) : undefined) ?? unknownValue(found.reason)
    );
  }
  const [node] = found.nodes;
  if (node.typeParameters !== undefined || parameters.length > 0) return opaque(type, context);
  if (context.within.includes(node)) {
    return { ...unknownValue(`the type of '${context.name}', ${name}, holds itself`), isRecursive: true };
  }
  const within = [...context.within, node];
  return declaredValue(found.nodes, { ...context, scope: found.scope, typeParameters: new Map(), within });
}

/** Whoever calls the function says what it is: anything that the constraint allows. */
function parameterValue(name: string, context: TypeContext): TypedValue {
  const constraint = context.typeParameters.get(name);
  if (constraint === undefined) return unknownValue(`the type of '${context.name}', ${name}, may be any`);
  if (context.within.includes(constraint)) return opaque(constraint, context);
  return valueOfType(constraint, { ...context, within: [...context.within, constraint] });
}

function declaredValue(nodes: readonly [Syntax, ...Syntax[]], context: TypeContext): TypedValue {
  const [node] = nodes;
  if (nodes.every(({ type }) => type === 'TSInterfaceDeclaration')) return interfaceValue(nodes, context);
  if (nodes.some(({ type }) => type === 'ClassDeclaration'))
    return unknownValue(`'${context.name}' is an instance of a class`);
  if (nodes.length > 1) return unknownValue(`the type of '${context.name}' is declared more than once`);
  if (node.type === 'TSTypeAliasDeclaration' && node.typeAnnotation)
    return valueOfType(node.typeAnnotation, context);
  const values = node.type === 'TSEnumDeclaration' ? enumValues(node) : undefined;
  if (values === undefined || values.length > MOST_MEMBERS)
    return unknownValue(`the members of '${context.name}' are computed, or more than ${MOST_MEMBERS}`);
  return picked(values.map(constant));
}
