import type { AnyNode, Pattern, Program } from 'acorn';
import { moduleExports } from './module-exports.ts';
import { annotationOf, type Syntax, syntaxOf } from './parse-source.ts';

/** An asynchronous function that a module exports. */
export interface ExportedFunction {
  /** `default` for the default export. */
  readonly export: string;
  readonly parameters: readonly Parameter[];
  /** `<T extends number>`: by name what each of them extends. */
  readonly typeParameters: TypeParameters;
}

export type TypeParameters = ReadonlyMap<string, Syntax | undefined>;

export interface Parameter {
  /** As it is named: `input`, or the fields that are taken out of it: `{ customerId }`. */
  readonly shown: string;
  /** The fields that are taken out of it; undefined where it has a name. */
  readonly fields?: readonly string[];
  /** As it is declared. */
  readonly type?: Syntax;
  /** May be left out. */
  readonly isOptional: boolean;
  /** Takes all arguments from here on. */
  readonly isRest: boolean;
}

/** The functions that a module exports and that are asynchronous, or declared to give a promise. */
export function exportedFunctions(program: Program): readonly ExportedFunction[] {
  const found = new Map<string, ExportedFunction>();
  for (const [name, node] of moduleExports(program)) {
    if (!isAsynchronous(node)) continue;
    const parameters = node.params.map(parameterOf);
    found.set(name, { export: name, parameters, typeParameters: typeParametersOf(node) });
  }
  return [...found.values()];
}

function typeParametersOf(node: AnyNode): TypeParameters {
  const { params = [] } = syntaxOf(node).typeParameters ?? {};
  return new Map(params.map(({ name, constraint }) => [String(name), constraint]));
}

type FunctionNode = Extract<AnyNode, { params: Pattern[] }>;

/** Whether it is a function that can be awaited; an asynchronous generator cannot. */
export function isAsynchronous(node: AnyNode | null | undefined): node is FunctionNode {
  switch (node?.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return !node.generator && (node.async || givesPromise(node));
    default:
      return false;
  }
}

function givesPromise(node: FunctionNode): boolean {
  const { returnType } = syntaxOf(node);
  return returnType?.typeAnnotation?.typeName?.name === 'Promise';
}

function parameterOf(pattern: Pattern): Parameter {
  const isOptional = pattern.type === 'AssignmentPattern' || syntaxOf(pattern).optional === true;
  const isRest = pattern.type === 'RestElement';
  const inner = isRest ? pattern.argument : pattern.type === 'AssignmentPattern' ? pattern.left : pattern;
  const fields = fieldsOf(inner);
  const type = annotationOf(pattern) ?? annotationOf(inner);
  return {
    shown: `${isRest ? '...' : ''}${nameOf(inner, fields)}${isOptional ? '?' : ''}`,
    isOptional,
    isRest,
    ...(fields && { fields }),
    ...(type && { type }),
  };
}

function nameOf(pattern: Pattern, fields: readonly string[] | undefined): string {
  if (fields !== undefined) return `{ ${fields.join(', ')} }`;
  return pattern.type === 'Identifier' ? pattern.name : '…';
}

function fieldsOf(pattern: Pattern): readonly string[] | undefined {
  if (pattern.type !== 'ObjectPattern') return undefined;
  return pattern.properties.map((property) =>
    property.type === 'Property' && property.key.type === 'Identifier' ? property.key.name : '…',
  );
}
