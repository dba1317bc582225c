import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { TYPESCRIPT } from '../loading/resolve-module.ts';
import { type ExportedFunction, exportedFunctions } from './exported-functions.ts';

/** A function of the workspace that may be a handler. */
export interface Candidate extends ExportedFunction {
  /** As a config names it: `./src/orders.ts`. */
  readonly module: string;
}

export interface Found {
  readonly candidates: readonly Candidate[];
  /** How many source files were looked at. */
  readonly files: number;
}

// An application has hundreds; whoever has more knows which of them are handlers.
const MOST_FILES = 2000;
// What is larger was generated.
const LARGEST_BYTES = 256 * 1024;

const SOURCE = /\.(?:[cm]?[jt]s|tsx|jsx)$/;
const NO_SOURCE = /\.(?:d|test|spec|stories|config|bench)\.[cm]?[jt]sx?$|\.min\.js$/;
const NO_FOLDER =
  /^(?:\..*|node_modules|dist|build|out|coverage|vendor|public|tests?|__tests__|__mocks__|e2e|fixtures)$/;

/** Looks for exported asynchronous functions in the source files of a workspace. Executes nothing of it. */
export async function findCandidates(workspace: string): Promise<Found> {
  const files: string[] = [];
  await collect(workspace, files);
  const found: Candidate[] = [];
  // One after another: parsing is what takes the time, and there is one thread for it.
  for (const file of files) {
    const name = path.relative(workspace, file).replaceAll(path.sep, '/');
    const functions = await functionsOf(file);
    found.push(...functions.map((each) => ({ ...each, module: `./${name}` })));
  }
  return { candidates: found.toSorted(byPromise), files: files.length };
}

async function collect(folder: string, files: string[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (files.length >= MOST_FILES) return;
    const place = path.join(folder, entry.name);
    if (entry.isDirectory() && !NO_FOLDER.test(entry.name)) await collect(place, files);
    if (entry.isFile() && SOURCE.test(entry.name) && !NO_SOURCE.test(entry.name)) files.push(place);
  }
}

async function functionsOf(file: string): Promise<readonly ExportedFunction[]> {
  if ((await stat(file)).size > LARGEST_BYTES) return [];
  const source = await readFile(file, 'utf8');
  // Most files have none, and are not worth a parser.
  if (!/\basync\b/.test(source)) return [];
  try {
    return exportedFunctions(
      TYPESCRIPT.test(file) || file.endsWith('x') ? await javascriptOf(source) : source,
    );
  } catch {
    // What cannot be parsed cannot be run either; its own tools say why.
    return [];
  }
}

async function javascriptOf(source: string): Promise<string> {
  const { transform } = await import('esbuild');
  const { code } = await transform(source, { loader: 'tsx', logLevel: 'silent' }).catch(() =>
    // Type assertions with angle brackets are JSX to the other loader.
    transform(source, { loader: 'ts', logLevel: 'silent' }),
  );
  return code;
}

/** Folders and files that are named as handlers are come first. */
function byPromise(a: Candidate, b: Candidate): number {
  return promiseOf(b) - promiseOf(a) || (a.module < b.module ? -1 : a.module > b.module ? 1 : 0);
}

function promiseOf({ module }: Candidate): number {
  return /quer|command|handler|use-?case|feature|application|service/i.test(module) ? 1 : 0;
}
