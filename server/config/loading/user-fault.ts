import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'acorn';
import { filePathOf } from '../../lib/file-path.ts';
import { missingImportOf, type ShownImport } from './missing-imports.ts';

/** What the user's code threw. */
export interface UserFault {
  /** E.g. `TypeError: orders is not iterable`. */
  readonly sentence: string;
  /** Where in the user's own code, relative to the folder: `src/orders.ts:12`. */
  readonly place?: string;
  /** An import leads nowhere: then the sentence lacks its beginning, which is the importing file. */
  readonly isImport?: boolean;
  readonly advice?: string;
  /** It was not executed at all: it is no JavaScript or TypeScript. */
  readonly isSyntax: boolean;
}

export interface UserCode {
  /** That of the user's code. */
  readonly folder: string;
  /** Paths of what was loaded up to the fault, the last one last. */
  readonly files?: readonly string[];
}

/** The first line of what was thrown and where it came from, without the rest of its stack. */
export function userFault(thrown: unknown, { folder, files = [] }: UserCode): UserFault {
  const transform = transformFault(thrown, folder);
  if (transform !== undefined) return transform;
  const missing = missingImportOf(thrown, folder);
  if (missing !== undefined) return importFault(missing, folder);
  if (!(thrown instanceof Error)) return { sentence: `${inWords(thrown)} was thrown`, isSyntax: false };
  const place = framePlace(thrown, folder);
  // JSON.parse() and the like throw the same error, but from a line of code.
  const syntaxPlace =
    place === undefined && thrown instanceof SyntaxError ? unreadable(files, folder) : undefined;
  const found = syntaxPlace ?? place;
  return { sentence: firstLine(thrown), isSyntax: syntaxPlace !== undefined, ...(found && { place: found }) };
}

/** `TypeError: x is not a function (src/orders.ts:12)` */
export function shownFault(thrown: unknown, code: UserCode): string {
  const { sentence, place, isImport } = userFault(thrown, code);
  if (isImport) return `${place} ${sentence}`;
  return place === undefined ? sentence : `${sentence} (${place})`;
}

function importFault({ sentence, file, line, advice }: ShownImport, folder: string): UserFault {
  const place = `${relative(file, folder)}${line === undefined ? '' : `:${line}`}`;
  return { sentence, place, isImport: true, isSyntax: false, ...(advice !== undefined && { advice }) };
}

interface TransformError {
  readonly text: string;
  readonly location?: { readonly file: string; readonly line: number } | null;
}

/** esbuild's failures have a list of their own. */
function transformFault(thrown: unknown, folder: string): UserFault | undefined {
  if (!(thrown instanceof Error && 'errors' in thrown && Array.isArray(thrown.errors))) return undefined;
  const first = thrown.errors[0] as TransformError | undefined;
  if (typeof first?.text !== 'string' || first.location === undefined) return undefined;
  const place = first.location && `${relative(first.location.file, folder)}:${first.location.line}`;
  return { sentence: `SyntaxError: ${first.text}`, isSyntax: true, ...(place && { place }) };
}

/** V8's syntax errors do not tell where: whichever of the files cannot be parsed, it was that one. */
function unreadable(files: readonly string[], folder: string): string | undefined {
  for (const file of files.toReversed()) {
    const line = /\.[cm]?js$/.test(file) ? brokenLine(file) : undefined;
    if (line !== undefined) return `${relative(file, folder)}:${line}`;
  }
  return undefined;
}

function brokenLine(file: string): number | undefined {
  const options = { ecmaVersion: 'latest', allowHashBang: true, allowReturnOutsideFunction: true } as const;
  try {
    parse(readFileSync(file, 'utf8'), { ...options, sourceType: 'module' });
    return undefined;
  } catch (error) {
    const loc = error instanceof Error && 'loc' in error ? (error.loc as { readonly line?: number }) : {};
    return loc.line;
  }
}

function framePlace({ stack = '' }: Error, folder: string): string | undefined {
  for (const frame of stack.split('\n')) {
    const [, file = '', line = ''] = /^\s+at (?:.*\()?(?:async )?(.+):(\d+):\d+\)?$/.exec(frame) ?? [];
    const own = ownFile(file, folder);
    if (own !== undefined) return `${own}:${line}`;
  }
  return undefined;
}

/** Relative to the folder; undefined for what lies outside of it or in an installed package. */
function ownFile(place: string, folder: string): string | undefined {
  const file = place.startsWith('file:') ? (filePathOf(place) ?? place) : place;
  if (!path.isAbsolute(file)) return undefined;
  const name = relative(file, folder);
  return name.startsWith('..') || path.isAbsolute(name) || /(^|\/)node_modules\//.test(name)
    ? undefined
    : name;
}

function relative(file: string, folder: string): string {
  return path.relative(folder, path.resolve(folder, file)).replaceAll(path.sep, '/');
}

const LONGEST = 300;

function firstLine(error: Error): string {
  // One that was given on by a library may have its reason in the cause alone.
  const message = error.message || (error.cause instanceof Error ? error.cause.message : '');
  const line = message.split('\n', 1)[0] ?? '';
  const sentence = line === '' ? error.name : `${error.name}: ${line}`;
  return sentence.length > LONGEST ? `${sentence.slice(0, LONGEST)}…` : sentence;
}

function inWords(thrown: unknown): string {
  if (typeof thrown === 'string') return JSON.stringify(thrown.slice(0, LONGEST));
  return thrown === null || typeof thrown !== 'object' ? String(thrown) : 'An object that is no error';
}
