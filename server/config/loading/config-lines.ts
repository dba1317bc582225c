import { readFileSync } from 'node:fs';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { type AnyNode, type Expression, type Program, type Property, parse } from 'acorn';
import { TYPESCRIPT } from './resolve-module.ts';
import { typescriptToJavaScript } from './typescript-to-javascript.ts';

/** Names of fields and indices of lists, from the config downwards: `['handlers', 0, 'export']`. */
export type ConfigPath = readonly PropertyKey[];

/**
 * The line on which a field of the config stands in its file: that of the nearest thing above it that is written there,
 * since a list may be spread from elsewhere. Undefined when nothing of it can be seen. Reads the file and executes nothing.
 */
export function lineInConfig(file: string, path: ConfigPath): number | undefined {
  const source = readSource(file);
  if (source === undefined) return undefined;
  const found = new ConfigSource(source.program).find(path);
  const start = found?.loc?.start;
  if (start === undefined) return undefined;
  return source.map === undefined ? start.line : (originalPositionFor(source.map, start).line ?? undefined);
}

interface Source {
  readonly program: Program;
  /** Of TypeScript. */
  readonly map?: TraceMap;
}

/** Undefined for what cannot be read: whoever loads it says why. */
function readSource(file: string): Source | undefined {
  try {
    if (!TYPESCRIPT.test(file)) return { program: parsed(readFileSync(file, 'utf8')) };
    const { code } = typescriptToJavaScript(file, 'module');
    const [, map = ''] = code.split('//# sourceMappingURL=data:application/json;base64,');
    return { program: parsed(code), map: new TraceMap(Buffer.from(map, 'base64').toString()) };
  } catch {
    return undefined;
  }
}

function parsed(code: string): Program {
  const options = { ecmaVersion: 'latest', locations: true, allowHashBang: true } as const;
  return parse(code, { ...options, sourceType: 'module', allowReturnOutsideFunction: true });
}

class ConfigSource {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  find(path: ConfigPath): AnyNode | undefined {
    let node = this.#object(this.#config());
    let found: AnyNode | undefined = node;
    for (const key of path) {
      const next = node && this.#member(node, key);
      if (next === undefined) break;
      found = next;
      node = this.#object(next.type === 'Property' ? next.value : next);
    }
    return found;
  }

  #config(): AnyNode | undefined {
    for (const statement of this.#program.body) {
      if (statement.type === 'ExportDefaultDeclaration') return statement.declaration;
      if (statement.type === 'ExportNamedDeclaration') {
        for (const { local, exported } of statement.specifiers) {
          if (exported.type === 'Identifier' && exported.name === 'default' && local.type === 'Identifier')
            return this.#declared(local.name);
        }
      }
      const assigned = statement.type === 'ExpressionStatement' ? statement.expression : undefined;
      if (assigned?.type === 'AssignmentExpression' && isModuleExports(assigned.left)) return assigned.right;
    }
    return undefined;
  }

  /** What stands behind names, calls such as `defineConfig(…)` and functions that return it. */
  #object(node: AnyNode | undefined, depth = 0): AnyNode | undefined {
    if (node === undefined || depth > 20) return undefined;
    const again = (inner: AnyNode | null | undefined) => this.#object(inner ?? undefined, depth + 1);
    switch (node.type) {
      case 'Identifier':
        return again(this.#declared(node.name));
      case 'CallExpression':
        return again(node.arguments[0]);
      case 'AwaitExpression':
        return again(node.argument);
      case 'ParenthesizedExpression':
        return again(node.expression);
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
      case 'FunctionDeclaration':
        return again(returned(node.body));
      default:
        return node;
    }
  }

  #member(node: AnyNode, key: PropertyKey): AnyNode | undefined {
    if (node.type === 'ArrayExpression' && typeof key === 'number') {
      const before = node.elements.slice(0, key + 1);
      // Behind a spread nobody can count.
      if (before.some((element) => element?.type === 'SpreadElement')) return undefined;
      return before[key] ?? undefined;
    }
    if (node.type !== 'ObjectExpression') return undefined;
    return node.properties.findLast(
      (property): property is Property => property.type === 'Property' && nameOf(property) === String(key),
    );
  }

  #declared(name: string): AnyNode | undefined {
    for (const statement of this.#program.body) {
      const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
      if (declaration?.type === 'FunctionDeclaration' && declaration.id?.name === name) return declaration;
      if (declaration?.type !== 'VariableDeclaration') continue;
      for (const { id, init } of declaration.declarations)
        if (id.type === 'Identifier' && id.name === name) return init ?? undefined;
    }
    return undefined;
  }
}

function returned(body: AnyNode): AnyNode | undefined {
  if (body.type !== 'BlockStatement') return body;
  const last = body.body.findLast((statement) => statement.type === 'ReturnStatement');
  return last?.argument ?? undefined;
}

function nameOf({ key, computed }: Property): string | undefined {
  if (key.type === 'Literal') return String(key.value);
  return key.type === 'Identifier' && !computed ? key.name : undefined;
}

function isModuleExports(node: AnyNode | Expression): boolean {
  if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier') return false;
  const { object, property } = node;
  if (property.type !== 'Identifier') return false;
  return (
    (object.name === 'module' && property.name === 'exports') ||
    (object.name === 'exports' && property.name === 'default')
  );
}
