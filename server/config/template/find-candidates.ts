import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Program } from 'acorn';
import { type CandidateInput, candidateInput } from './candidate-input.ts';
import { DeclaredTypes } from './declared-types.ts';
import { exportedFunctions } from './exported-functions.ts';
import { exportedMethods, type MethodOwner } from './exported-methods.ts';
import { parseSource } from './parse-source.ts';
import type { Budget } from './typed-value.ts';

/** A function of the workspace that may be a handler. */
export interface Candidate {
  /** As a config names it: `./src/orders.ts`. */
  readonly module: string;
  /** `default` for the default export. */
  readonly export: string;
  /** As they are named: `input`, or the fields that are taken out of it: `{ customerId }`. */
  readonly parameters: readonly string[];
  readonly input: CandidateInput;
}

/** A class or an object of the workspace with asynchronous methods. */
export interface ForeignMethods extends MethodOwner {
  readonly module: string;
}

export interface Found {
  readonly candidates: readonly Candidate[];
  readonly owners: readonly ForeignMethods[];
  /** How many source files were looked at. */
  readonly files: number;
}

// An application has hundreds; whoever has more knows which of them are handlers.
const MOST_FILES = 2000;
// What is larger was generated.
const LARGEST_BYTES = 256 * 1024;

// A quarter of a second of work. An application with thousands of functions has some dozens of types for each.
const MOST_PARTS = 200_000;

const SOURCE = /\.(?:[cm]?[jt]s|tsx|jsx)$/;
const NO_SOURCE = /\.(?:d|test|spec|stories|config|bench)\.[cm]?[jt]sx?$|\.min\.js$/;
const NO_FOLDER =
  /^(?:\..*|node_modules|dist|build|out|coverage|vendor|public|tests?|__tests__|__mocks__|e2e|fixtures)$/;

/** Looks for exported asynchronous functions in the source files of a workspace. Executes nothing of it. */
export async function findCandidates(workspace: string): Promise<Found> {
  const files: string[] = [];
  await collect(workspace, files);
  const found: FoundInFile[] = [];
  const allowance: Budget = { parts: MOST_PARTS };
  // One after another: parsing is what takes the time, and there is one thread for it.
  for (const file of files) {
    const module = `./${path.relative(workspace, file).replaceAll(path.sep, '/')}`;
    found.push(await foundIn(file, module, allowance));
  }
  return {
    candidates: found.flatMap(({ candidates }) => candidates).toSorted(byPromise),
    owners: found.flatMap(({ owners }) => owners).toSorted(byPromise),
    files: files.length,
  };
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

interface FoundInFile {
  readonly candidates: readonly Candidate[];
  readonly owners: readonly ForeignMethods[];
}

const NOTHING: FoundInFile = { candidates: [], owners: [] };

async function foundIn(file: string, module: string, allowance: Budget): Promise<FoundInFile> {
  if ((await stat(file)).size > LARGEST_BYTES) return NOTHING;
  const text = await readFile(file, 'utf8');
  // Most files have none, and are not worth a parser.
  if (!/\basync\b|\bPromise\b/.test(text)) return NOTHING;
  const program = programOf(text, file);
  if (program === undefined) return NOTHING;
  const types = new DeclaredTypes({ file, text, program });
  return {
    candidates: exportedFunctions(program).map(({ export: name, parameters, typeParameters }) => ({
      module,
      export: name,
      parameters: parameters.map(({ shown }) => shown),
      input: candidateInput(parameters, { scope: types, typeParameters, allowance }),
    })),
    owners: exportedMethods(program).map((owner) => ({ ...owner, module })),
  };
}

function programOf(text: string, file: string): Program | undefined {
  try {
    return parseSource(text, file);
  } catch {
    // What cannot be parsed cannot be run either; its own tools say why.
    return undefined;
  }
}

type Placed = Pick<Candidate, 'module'>;

/** Folders and files that are named as handlers are come first. */
function byPromise(a: Placed, b: Placed): number {
  return promiseOf(b) - promiseOf(a) || (a.module < b.module ? -1 : a.module > b.module ? 1 : 0);
}

function promiseOf({ module }: Placed): number {
  return /quer|command|handler|use-?case|feature|application|service/i.test(module) ? 1 : 0;
}
