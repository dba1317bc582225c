import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { filePathOf } from '../../lib/file-path.ts';

/** An import that leads nowhere. */
export interface MissingImport {
  /** As it is written. */
  readonly specifier: string;
  /** Absolute path of the file that imports it. */
  readonly from: string;
}

/** What was imported where, by the fault that Node.js threw for it: its message does not always name the file. */
const imports = new WeakMap<object, MissingImport>();

/** Keeps for a fault of resolving a module which import it was. */
export function noteMissingImport(fault: unknown, specifier: string, parentURL: string | undefined): void {
  const from = parentURL === undefined ? undefined : filePathOf(parentURL);
  if (from === undefined || !(fault instanceof Error) || !('code' in fault)) return;
  if (fault.code === 'ERR_MODULE_NOT_FOUND' || fault.code === 'MODULE_NOT_FOUND')
    imports.set(fault, { specifier, from });
}

export interface ShownImport {
  /** As the end of a sentence that begins with the importing file: `imports the package 'luxon', which is not installed`. */
  readonly sentence: string;
  /** Absolute path. */
  readonly file: string;
  /** 1-based; undefined where the import cannot be found in the file. */
  readonly line?: number;
  readonly advice?: string;
}

/** Says of a fault which import it was; undefined for other faults. @param folder that of the user's code */
export function missingImportOf(fault: unknown, folder: string): ShownImport | undefined {
  const found = typeof fault === 'object' && fault !== null ? imports.get(fault) : undefined;
  if (found === undefined) return undefined;
  const { specifier, from } = found;
  const line = lineOfImport(specifier, from);
  return { file: from, ...(line !== undefined && { line }), ...told(found, folder) };
}

function told({ specifier, from }: MissingImport, folder: string): Pick<ShownImport, 'sentence' | 'advice'> {
  if (/^(?:\.{1,2}(?:\/|$)|\/|file:)/.test(specifier)) {
    return {
      sentence: `imports '${specifier}', and there is no such file`,
      advice: 'Correct the path: it is relative to the importing file.',
    };
  }
  const name = packageOf(specifier);
  if (!PACKAGE_NAME.test(name)) {
    return {
      sentence: `imports '${specifier}', and nothing is found by that name`,
      advice: 'It looks like an alias: give its place in the paths of tsconfig.json.',
    };
  }
  if (foldersAbove(from).some((each) => existsSync(path.join(each, 'node_modules', name)))) {
    return { sentence: `imports '${specifier}', which the package '${name}' does not have` };
  }
  return {
    sentence: `imports the package '${name}', which is not installed`,
    advice: `Run "npm install ${name}" in ${installFolder(from, folder)}.`,
  };
}

const PACKAGE_NAME = /^(?:@[a-z\d~-][\w.~-]*\/)?[a-z\d~-][\w.~-]*$/i;

/** `@acme/orders` of `@acme/orders/sub`. */
function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/** That of the nearest package.json which is no installed package's. */
function installFolder(from: string, folder: string): string {
  const own = foldersAbove(from).filter((each) => !/[/\\]node_modules(?:[/\\]|$)/.test(each));
  return own.find((each) => existsSync(path.join(each, 'package.json'))) ?? folder;
}

function foldersAbove(file: string): readonly string[] {
  const folder = path.dirname(file);
  return folder === file ? [] : [folder, ...foldersAbove(folder)];
}

/** Where `import`, `from` or `require` has the specifier; comments are skipped, as far as they can be told line by line. */
function lineOfImport(specifier: string, file: string): number | undefined {
  const text = textOf(file);
  const quoted = specifier.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const written = new RegExp(
    `(?:\\bfrom|\\bimport|\\b(?:import|require)\\s*\\()\\s*(['"\`])${quoted}\\1`,
    'g',
  );
  for (const { index } of text.matchAll(written)) {
    const line = text.slice(0, index).split('\n').length;
    const begin = text.slice(text.lastIndexOf('\n', index) + 1, index);
    if (!/^\s*(?:\/\/|\/?\*)/.test(begin)) return line;
  }
  return undefined;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Gone since it was loaded: then the sentence names the file alone.
    return '';
  }
}
