import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPathsMatcher, getTsconfig, type PathsMatcher, type TsConfigResult } from 'get-tsconfig';

const read = new Map<string, unknown>();
const byFolder = new Map<string, TsConfigResult | undefined>();
const matchers = new Map<TsConfigResult, PathsMatcher | null>();

/** The nearest tsconfig.json above a file, with what it extends; undefined without one. @throws for one that is damaged */
export function tsconfigOf(file: string): TsConfigResult | undefined {
  const folder = path.dirname(file);
  if (!byFolder.has(folder)) byFolder.set(folder, getTsconfig(file, 'tsconfig.json', read) ?? undefined);
  return byFolder.get(folder);
}

/** Where the `paths` of the importing file's tsconfig.json may have a module, best first; none for what is no alias. */
export function aliasedPlaces(specifier: string, parentURL: string): readonly string[] {
  const tsconfig = tsconfigOf(fileURLToPath(parentURL));
  if (tsconfig === undefined) return [];
  let matcher = matchers.get(tsconfig);
  if (matcher === undefined) {
    matcher = createPathsMatcher(tsconfig);
    matchers.set(tsconfig, matcher);
  }
  return matcher?.(specifier) ?? [];
}
