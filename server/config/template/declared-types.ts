import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyNode, ExportNamedDeclaration, ImportDeclaration, Program } from 'acorn';
import { existingSource } from '../loading/resolve-module.ts';
import { aliasedPlaces } from '../loading/tsconfig.ts';
import { parseSource, type Syntax, syntaxOf } from './parse-source.ts';

/** A type by its name: where it is declared, once or more often, or why nobody knows. */
export type TypeLookup =
  | { readonly nodes: readonly [Syntax, ...Syntax[]]; readonly scope: DeclaredTypes }
  | { readonly reason: string };

/** The interfaces, type aliases and enums that a module declares or imports from other files of the workspace. */
export class DeclaredTypes {
  readonly #file: string;
  readonly #text: string;
  readonly #declared = new Map<string, [Syntax, ...Syntax[]]>();
  readonly #imported = new Map<string, Imported>();
  /** `export { Order as Sale } from './orders.ts'` is no name of the module's own. */
  readonly #passed = new Map<string, Imported>();
  /** `export { Order as Sale }`: the own name by the exported one. */
  readonly #renamed = new Map<string, string>();
  readonly #stars: string[] = [];
  readonly #others: Map<string, DeclaredTypes | undefined>;

  /** @param others modules that were read for their types, by path */
  constructor(source: TypedSource, others = new Map<string, DeclaredTypes | undefined>()) {
    this.#file = source.file;
    this.#text = source.text;
    this.#others = others;
    for (const statement of source.program.body) this.#take(statement);
  }

  /**
   * By the name that it has within the module.
   * @param asked what was looked up on the way here: modules pass on each other, in circles too
   */
  lookup(name: string, asked = new Set<string>()): TypeLookup {
    const nodes = this.#declared.get(name);
    if (nodes !== undefined) return { nodes, scope: this };
    const imported = this.#imported.get(name);
    if (imported === undefined) return { reason: `the type ${name} is not declared in its file` };
    return this.#from(imported, asked) ?? { reason: `the type ${name} comes from '${imported.from}'` };
  }

  /** By the name under which the module exports it. */
  #exported(name: string, asked: Set<string>): TypeLookup | undefined {
    const question = `${this.#file}\n${name}`;
    if (asked.has(question)) return undefined;
    asked.add(question);
    const passed = this.#passed.get(name);
    if (passed !== undefined) return this.#from(passed, asked);
    const found = this.lookup(this.#renamed.get(name) ?? name, asked);
    return 'nodes' in found ? found : this.#passedOn(name, asked);
  }

  #from({ name, from }: Imported, asked: Set<string>): TypeLookup | undefined {
    const module = this.#module(from);
    return module === undefined ? undefined : module.#exported(name, asked);
  }

  /** By `export * from`. */
  #passedOn(name: string, asked: Set<string>): TypeLookup | undefined {
    for (const from of this.#stars) {
      const found = this.#from({ name, from }, asked);
      if (found !== undefined && 'nodes' in found) return found;
    }
    return undefined;
  }

  /** Where a name comes from: `pg`; undefined for what is no import. */
  importOf(name: string): string | undefined {
    return this.#imported.get(name)?.from;
  }

  /** As it is written in the file, on one line. */
  textOf({ start, end }: Syntax): string {
    const text = this.#text.slice(start, end).replace(/\s+/g, ' ');
    return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  }

  #take(statement: AnyNode): void {
    if (statement.type === 'ImportDeclaration') this.#takeImports(statement);
    if (statement.type === 'ExportAllDeclaration') this.#stars.push(String(statement.source.value));
    if (statement.type === 'ExportNamedDeclaration') this.#takeExports(statement);
    const exported =
      statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration';
    const node = syntaxOf((exported ? statement.declaration : undefined) ?? statement);
    const name = DECLARATIONS.has(node.type) ? node.id?.name : undefined;
    if (name === undefined) return;
    if (statement.type === 'ExportDefaultDeclaration') this.#renamed.set('default', name);
    const others = this.#declared.get(name);
    if (others === undefined) this.#declared.set(name, [node]);
    else others.push(node);
  }

  #takeExports({ specifiers, source }: ExportNamedDeclaration): void {
    for (const { local, exported } of specifiers) {
      const name = nameOf(local);
      if (source) this.#passed.set(nameOf(exported), { name, from: String(source.value) });
      else this.#renamed.set(nameOf(exported), name);
    }
  }

  #takeImports({ specifiers, source }: ImportDeclaration): void {
    for (const specifier of specifiers) {
      const name = specifier.type === 'ImportSpecifier' ? nameOf(specifier.imported) : 'default';
      this.#imported.set(specifier.local.name, { name, from: String(source.value) });
    }
  }

  #module(specifier: string): DeclaredTypes | undefined {
    const places = /^\.\.?\//.test(specifier)
      ? [path.resolve(path.dirname(this.#file), specifier)]
      : aliases(specifier, this.#file);
    const file = places.map(existingSource).find(Boolean);
    if (file === undefined) return undefined;
    if (!this.#others.has(file)) {
      this.#others.set(file, undefined);
      this.#others.set(file, typesIn(file, this.#others));
    }
    return this.#others.get(file);
  }
}

export interface TypedSource {
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
  readonly program: Program;
}

interface Imported {
  readonly name: string;
  readonly from: string;
}

const LONGEST = 60;
const DECLARATIONS = new Set([
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'TSEnumDeclaration',
  'ClassDeclaration',
]);

function typesIn(file: string, others: Map<string, DeclaredTypes | undefined>): DeclaredTypes | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    return new DeclaredTypes({ file, text, program: parseSource(text, file) }, others);
  } catch {
    // Its types then count as unknown, and the handler's comment names the file.
    return undefined;
  }
}

function aliases(specifier: string, file: string): readonly string[] {
  try {
    return aliasedPlaces(specifier, pathToFileURL(file).href);
  } catch {
    // A damaged tsconfig.json has no aliases; loading the handlers says what is wrong with it.
    return [];
  }
}

function nameOf(node: AnyNode): string {
  return node.type === 'Identifier' ? node.name : node.type === 'Literal' ? String(node.value) : '';
}
