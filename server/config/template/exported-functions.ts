import { type AnyNode, type Pattern, type Program, parse } from 'acorn';

/** An asynchronous function that a module exports. */
export interface ExportedFunction {
  /** `default` for the default export. */
  readonly export: string;
  /** As they are named: `input`, or the fields that are taken out of it: `{ customerId }`. */
  readonly parameters: readonly string[];
}

/**
 * The asynchronous functions that a JavaScript module exports, as ES module or CommonJS. Executes nothing.
 * @throws SyntaxError
 */
export function exportedFunctions(code: string): readonly ExportedFunction[] {
  const program = parse(code, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    allowHashBang: true,
    allowReturnOutsideFunction: true,
  });
  const named = declaredFunctions(program);
  const found = new Map<string, readonly string[]>();
  const add = (name: string, node: AnyNode | null | undefined) => {
    const parameters = node?.type === 'Identifier' ? named.get(node.name) : parametersOf(node);
    if (parameters !== undefined) found.set(name, parameters);
  };
  for (const statement of program.body) for (const [name, node] of exportsOf(statement)) add(name, node);
  return Array.from(found, ([name, parameters]) => ({ export: name, parameters }));
}

type Exported = readonly [name: string, node: AnyNode | null | undefined];

function exportsOf(statement: AnyNode): readonly Exported[] {
  switch (statement.type) {
    case 'ExportDefaultDeclaration':
      return [['default', statement.declaration]];
    case 'ExportNamedDeclaration': {
      if (statement.source) return [];
      const listed = statement.specifiers.map(
        ({ local, exported }): Exported => [
          exported.type === 'Identifier' ? exported.name : String(exported.value),
          local.type === 'Identifier' ? local : undefined,
        ],
      );
      return [...listed, ...declarationsOf(statement.declaration)];
    }
    case 'ExpressionStatement':
      return statement.expression.type === 'AssignmentExpression' ? assigned(statement.expression) : [];
    default:
      return [];
  }
}

/** `module.exports = …`, `module.exports = { … }`, `module.exports.x = …` and `exports.x = …` */
function assigned({ left, right }: Extract<AnyNode, { type: 'AssignmentExpression' }>): readonly Exported[] {
  const [object, property, ...rest] = pathOf(left);
  if (object === 'exports' && property !== undefined) return [[property, right]];
  if (object !== 'module' || property !== 'exports') return [];
  if (rest[0] !== undefined) return [[rest[0], right]];
  if (right.type !== 'ObjectExpression') return [['default', right]];
  return right.properties.flatMap((member): Exported[] =>
    member.type === 'Property' && member.key.type === 'Identifier' && !member.computed
      ? [[member.key.name, member.value]]
      : [],
  );
}

/** `a.b.c` as names; empty for anything else. */
function pathOf(node: AnyNode): readonly string[] {
  if (node.type === 'Identifier') return [node.name];
  if (node.type !== 'MemberExpression' || node.property.type !== 'Identifier' || node.computed) return [];
  const object = pathOf(node.object);
  return object.length === 0 ? [] : [...object, node.property.name];
}

function declaredFunctions(program: Program): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, readonly string[]>();
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    for (const [name, node] of declarationsOf(declaration)) {
      const parameters = parametersOf(node);
      if (parameters !== undefined) named.set(name, parameters);
    }
  }
  return named;
}

function declarationsOf(declaration: AnyNode | null | undefined): readonly Exported[] {
  if (declaration?.type === 'FunctionDeclaration') return [[declaration.id?.name ?? 'default', declaration]];
  if (declaration?.type !== 'VariableDeclaration') return [];
  return declaration.declarations.flatMap(({ id, init }): Exported[] =>
    id.type === 'Identifier' ? [[id.name, init]] : [],
  );
}

/** Undefined for what is no asynchronous function. */
function parametersOf(node: AnyNode | null | undefined): readonly string[] | undefined {
  switch (node?.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return node.async && !node.generator ? node.params.map(nameOf) : undefined;
    default:
      return undefined;
  }
}

function nameOf(parameter: Pattern): string {
  if (parameter.type === 'Identifier') return parameter.name;
  if (parameter.type === 'AssignmentPattern') return `${nameOf(parameter.left)}?`;
  if (parameter.type === 'RestElement') return `...${nameOf(parameter.argument)}`;
  if (parameter.type !== 'ObjectPattern') return '…';
  const fields = parameter.properties.map((property) =>
    property.type === 'Property' && property.key.type === 'Identifier' ? property.key.name : '…',
  );
  return `{ ${fields.join(', ')} }`;
}
