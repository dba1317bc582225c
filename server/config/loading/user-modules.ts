import { existsSync, readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ProfilerError } from '../../lib/profiler-error.ts';
import { noteMissingImport } from './missing-imports.ts';
import { resolveModule, TYPESCRIPT } from './resolve-module.ts';
import { endTransforming, type ModuleFormat, typescriptToJavaScript } from './typescript-to-javascript.ts';

/** The user's modules in this process. */
export interface UserModules {
  /**
   * Imports a module as if a file did. Whatever the module throws is thrown.
   * @throws ModuleNotFound when there is no such module; what it imports in turn is its own affair
   */
  load(specifier: string, from: string): Promise<Readonly<Record<string, unknown>>>;
  /** Paths of the files that were loaded so far, without those of installed packages. */
  files(): readonly string[];
  /** The JavaScript that ran in the place of a TypeScript file. */
  textThatRan(url: string): string | undefined;
  /** Says that nothing is going to be loaded for now, so that no process of a compiler stands beside what is measured. */
  rest(): void;
}

/** There is no module of that name to import. */
export class ModuleNotFound extends Error {
  override readonly name = 'ModuleNotFound';
}

// A name that nobody else has: what it stands for is looked up in `wanted`.
const ENTRY = 'eventstore-profiler-entry:';

/**
 * Teaches this process to load TypeScript as people write it, and to name places in it in stacks. Each file stays a
 * module of its own under its own address: what is shared between handlers is shared, and `import.meta.url` and
 * `__dirname` are what they were written for.
 * @throws ProfilerError on a Node.js that is too old for it
 */
export function userModules(): UserModules {
  if (!('registerHooks' in nodeModule)) {
    throw new ProfilerError(
      'node_too_old',
      `Handlers of your own need Node.js 22.15 or newer; this is ${process.versions.node}.`,
      { advice: 'Install a newer one from https://nodejs.org. The example handlers run on this one.' },
    );
  }
  const files = new Set<string>();
  const texts = new Map<string, string>();
  const wanted: { readonly specifier: string; readonly from: string }[] = [];
  process.setSourceMapsEnabled(true);
  nodeModule.registerHooks({
    resolve(specifier, context, next) {
      const entry = specifier.startsWith(ENTRY) ? wanted[Number(specifier.slice(ENTRY.length))] : undefined;
      if (entry === undefined) {
        try {
          return resolveModule(specifier, context, next);
        } catch (fault) {
          noteMissingImport(fault, specifier, context.parentURL);
          throw fault;
        }
      }
      const parentURL = pathToFileURL(entry.from).href;
      try {
        return resolveModule(entry.specifier, { ...context, parentURL }, next);
      } catch (cause) {
        throw new ModuleNotFound(`There is no module '${entry.specifier}'.`, { cause });
      }
    },
    load(url, context, next) {
      if (!url.startsWith('file:')) return next(url, context);
      const file = fileURLToPath(url);
      if (!url.includes('/node_modules/')) files.add(file);
      if (!TYPESCRIPT.test(file)) return next(url, context);
      const declared = declaredFormat(file);
      const { format, code } = typescriptToJavaScript(file, declared);
      // A set before Node.js 24.5, against its own types.
      const isImported = new Set(context.conditions).has('import');
      if (format === 'commonjs' && isImported) {
        return { format: 'module', source: importOfCommonJs(file, code, declared), shortCircuit: true };
      }
      texts.set(url, code);
      return { format, source: code, shortCircuit: true };
    },
  });
  return {
    load: async (specifier, from) => await import(`${ENTRY}${wanted.push({ specifier, from }) - 1}`),
    files: () => [...files],
    textThatRan: (url) => texts.get(url),
    rest: endTransforming,
  };
}

/**
 * An ES module that requires the CommonJS one: what that requires in turn then comes by this process's hooks too, which
 * before Node.js 24.11 nothing does in a CommonJS module that was imported with a text of ours.
 */
function importOfCommonJs(file: string, code: string, declared: ModuleFormat | undefined): string {
  // esbuild lists the names in a statement that is never executed.
  const [, list = ''] = /^0 && \(module\.exports = \{([^}]*)\}\);$/m.exec(code) ?? [];
  const names = list.split(',').map((name) => name.trim());
  const named = names.filter(
    (name) => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) && name !== 'default',
  );
  return [
    `import { createRequire } from 'node:module';`,
    `const exported = createRequire(import.meta.url)(${JSON.stringify(file)});`,
    // Where nothing says that it is CommonJS, a default export is meant as one.
    declared === undefined
      ? 'export default exported && exported.__esModule ? exported.default : exported;'
      : 'export default exported;',
    ...named.map((name, index) => `const e${index} = exported.${name};\nexport { e${index} as ${name} };`),
  ].join('\n');
}

/** What the extension or the package says; undefined where neither does. */
function declaredFormat(file: string): ModuleFormat | undefined {
  if (file.endsWith('.mts')) return 'module';
  if (file.endsWith('.cts')) return 'commonjs';
  return packageType(file);
}

/** Of the nearest package.json above. */
function packageType(file: string): ModuleFormat | undefined {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const text = readOrNothing(path.join(folder, 'package.json'));
    if (text !== undefined) {
      const { type } = JSON.parse(text) as { readonly type?: unknown };
      return type === 'module' || type === 'commonjs' ? type : undefined;
    }
    if (folder === path.dirname(folder)) return undefined;
  }
}

function readOrNothing(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
