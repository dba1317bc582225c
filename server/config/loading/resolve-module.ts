import { statSync } from 'node:fs';
import { createRequire, type ResolveFnOutput, type ResolveHookContext } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { aliasedPlaces } from './tsconfig.ts';

type NextResolve = (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput;

/** The exports of the profiler's own package, and their sources. */
const OWN_EXPORTS: ReadonlyMap<string, string> = new Map([
  ['eventstore-profiler', '../../config.ts'],
  ['eventstore-profiler/eventstore', '../../eventstore.ts'],
]);

/**
 * Finds modules where TypeScript and bundlers find them as well: by aliases of tsconfig.json, without an extension,
 * `./x.js` for `./x.ts`, and the index of a folder. What Node.js finds by itself stays as it is, except that an alias
 * and, in TypeScript, the TypeScript file come first. The profiler's own package is found also where it is not installed.
 */
export function resolveModule(
  specifier: string,
  context: ResolveHookContext,
  next: NextResolve,
): ResolveFnOutput {
  const { parentURL = '' } = context;
  const isUsers = parentURL.startsWith('file:') && !parentURL.includes('/node_modules/');
  const first = isUsers ? foundFirst(specifier, parentURL) : undefined;
  if (first !== undefined) return { url: pathToFileURL(first).href, shortCircuit: true };
  try {
    return next(specifier, context);
  } catch (error) {
    const last = isUsers && isPath(specifier) ? existingSource(targetOf(specifier, parentURL)) : undefined;
    if (last !== undefined) return { url: pathToFileURL(last).href, shortCircuit: true };
    const source = OWN_EXPORTS.get(specifier);
    if (source === undefined) throw error;
    const { url } = import.meta;
    // In a build the package finds itself by its name; for require() another parent counts for nothing.
    const own = url.endsWith('.ts')
      ? new URL(source, url)
      : pathToFileURL(createRequire(url).resolve(specifier));
    return { url: own.href, shortCircuit: true };
  }
}

/** The file that is meant, where Node.js would find another one or has no say; undefined leaves it to Node.js. */
function foundFirst(specifier: string, parentURL: string): string | undefined {
  if (isPath(specifier)) {
    return TYPESCRIPT.test(parentURL) ? existingSource(targetOf(specifier, parentURL)) : undefined;
  }
  if (specifier.startsWith('node:')) return undefined;
  return aliasedPlaces(specifier, parentURL).map(existingSource).find(Boolean);
}

function targetOf(specifier: string, parentURL: string): string {
  if (specifier.startsWith('file:')) return fileURLToPath(specifier);
  return path.resolve(path.dirname(fileURLToPath(parentURL)), specifier);
}

export const TYPESCRIPT = /\.(?:[cm]?ts|tsx)$/;

/** A query, by which a module is loaded once more, makes it no file's name. */
function isPath(specifier: string): boolean {
  if (/[?#]/.test(specifier)) return false;
  return /^(?:\.{1,2}(?:\/|$)|\/|file:)/.test(specifier);
}

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'];

/** A file of that name, with an extension or as the index of a folder. */
export function existingSource(place: string): string | undefined {
  const typescript = typescriptOf(place);
  if (typescript !== undefined || isFile(place)) return typescript ?? place;
  const names = [place, path.join(place, 'index')];
  const candidates = names.flatMap((name) => EXTENSIONS.map((extension) => name + extension));
  return candidates.find(isFile);
}

/** `x.ts` of `x.js`: TypeScript wants imports to name what it will write. */
function typescriptOf(place: string): string | undefined {
  const [, stem, mark = ''] = /^(.*)\.([cm]?)js(?:x?)$/.exec(place) ?? [];
  if (stem === undefined) return undefined;
  return [`${stem}.${mark}ts`, ...(mark === '' ? [`${stem}.tsx`] : [])].find(isFile);
}

function isFile(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isFile() ?? false;
}
