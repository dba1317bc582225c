import type { AnyNode, Program } from 'acorn';
import { syntaxOf } from './parse-source.ts';

/**
 * What a module exports as ES module or CommonJS, by name: the expression or declaration, also where a name stands for it.
 * `default` is the default export; what comes from other modules is left out.
 */
export function moduleExports(program: Program): readonly Exported[] {
  const declared = declarations(program);
  return program.body.flatMap(exportsOf).map(([name, node]) => {
    const found = unwrapped(node);
    return [name, found?.type === 'Identifier' ? declared.get(found.name) : found];
  });
}

/** The functions, classes and variables at the top of a module, by name. */
export function declarations(program: Program): ReadonlyMap<string, AnyNode> {
  const found = new Map<string, AnyNode>();
  for (const statement of program.body) {
    const isExport =
      statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration';
    const declaration = isExport ? statement.declaration : statement;
    for (const [name, node] of declarationsOf(declaration)) if (node) found.set(name, node);
  }
  return found;
}

export type Exported = readonly [name: string, node: AnyNode | null | undefined];

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
    default: {
      const { type, expression } = syntaxOf(statement);
      // `export = x`, which is CommonJS in TypeScript.
      return type === 'TSExportAssignment' && typeof expression === 'object'
        ? [['default', expression as AnyNode]]
        : [];
    }
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

function declarationsOf(declaration: AnyNode | null | undefined): readonly Exported[] {
  if (declaration?.type === 'FunctionDeclaration' || declaration?.type === 'ClassDeclaration')
    return [[declaration.id?.name ?? 'default', declaration]];
  if (declaration?.type !== 'VariableDeclaration') return [];
  return declaration.declarations.flatMap(({ id, init }): Exported[] =>
    id.type === 'Identifier' ? [[id.name, unwrapped(init)]] : [],
  );
}

/** Without what TypeScript says of it: `x as T`, `x satisfies T`. */
function unwrapped(node: AnyNode | null | undefined): AnyNode | null | undefined {
  const { type, expression } = node ? syntaxOf(node) : {};
  const isSaid =
    type === 'TSAsExpression' || type === 'TSSatisfiesExpression' || type === 'TSNonNullExpression';
  return isSaid && typeof expression === 'object' ? unwrapped(expression as AnyNode) : node;
}
