import { constantValue, plainTemplate } from './constant-value.ts';
import { enumValues } from './enum-values.ts';
import type { Syntax } from './parse-source.ts';
import { MOST_MEMBERS, type TypeContext } from './typed-value.ts';

/** The names that a type stands for where it says which fields there are. */
export interface TypeKeys {
  readonly names: readonly string[];
  /** Any name: `string`. */
  readonly isAny: boolean;
}

/** The literals of a type, through names, enums, `keyof`, `Exclude` and `Extract`; undefined when they cannot be known. */
export function typeKeys(type: Syntax, context: TypeContext): TypeKeys | undefined {
  context.budget.parts -= 1;
  if (context.budget.parts < 0) return undefined;
  switch (type.type) {
    case 'TSStringKeyword':
    case 'TSNumberKeyword':
      return { names: [], isAny: true };
    case 'TSLiteralType':
      return literalKeys(type);
    case 'TSParenthesizedType':
      return type.typeAnnotation && typeKeys(type.typeAnnotation, context);
    case 'TSUnionType':
      return unionKeys(type.types ?? [], context);
    case 'TSTypeOperator':
      return type.operator === 'keyof' && type.typeAnnotation
        ? fieldNames(type.typeAnnotation, context)
        : undefined;
    case 'TSTypeReference':
      return referenceKeys(type, context);
    default:
      return undefined;
  }
}

function named(names: readonly string[]): TypeKeys {
  return { names, isAny: false };
}

function literalKeys({ literal }: Syntax): TypeKeys | undefined {
  if (literal === undefined) return undefined;
  const value =
    literal.type === 'TemplateLiteral' ? plainTemplate(literal) : constantValue(literal, new Map());
  return value === undefined ? undefined : named([String(value)]);
}

function unionKeys(types: readonly Syntax[], context: TypeContext): TypeKeys | undefined {
  if (types.length > MOST_MEMBERS) return undefined;
  const names = new Set<string>();
  let isAny = false;
  for (const type of types) {
    const keys = typeKeys(type, context);
    if (keys === undefined) return undefined;
    for (const name of keys.names) names.add(name);
    isAny ||= keys.isAny;
  }
  return { names: [...names], isAny };
}

/** Of all fields, also of those that may be left out. */
function fieldNames(type: Syntax, context: TypeContext): TypeKeys | undefined {
  const { fields, optional = [], isIndexed, isOneOf } = context.follow(type, context);
  return fields === undefined || isIndexed || isOneOf ? undefined : named([...fields.keys(), ...optional]);
}

function referenceKeys(type: Syntax, context: TypeContext): TypeKeys | undefined {
  const name = type.typeName?.name;
  const parameters = type.typeArguments?.params ?? [];
  // Which of them it is says whoever calls the function.
  if (name === undefined || context.typeParameters.has(name)) return undefined;
  const found = context.scope.lookup(name);
  if ('reason' in found) {
    return context.scope.importOf(name) === undefined ? builtInKeys(name, parameters, context) : undefined;
  }
  const [node, ...more] = found.nodes;
  const isPlain = node.typeParameters === undefined && parameters.length === 0 && more.length === 0;
  if (!isPlain || context.within.includes(node)) return undefined;
  if (node.type === 'TSEnumDeclaration') return enumKeys(node);
  if (node.type !== 'TSTypeAliasDeclaration' || !node.typeAnnotation) return undefined;
  const within = [...context.within, node];
  return typeKeys(node.typeAnnotation, { ...context, scope: found.scope, typeParameters: new Map(), within });
}

function enumKeys(node: Syntax): TypeKeys | undefined {
  const values = enumValues(node);
  return values && named([...new Set(values.map(String))]);
}

function builtInKeys(
  name: string,
  [first, second]: readonly Syntax[],
  context: TypeContext,
): TypeKeys | undefined {
  if ((name !== 'Exclude' && name !== 'Extract') || !first || !second) return undefined;
  const keys = typeKeys(first, context);
  const others = typeKeys(second, context);
  if (keys === undefined || others === undefined || keys.isAny || others.isAny) return undefined;
  const meant = new Set(others.names);
  return named(keys.names.filter((key) => meant.has(key) === (name === 'Extract')));
}
