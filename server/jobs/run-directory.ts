import { chmod, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileFault } from '../lib/file-fault.ts';
import { UNFINISHED, writeFileAtomically } from '../lib/write-file-atomically.ts';
import { type Run, type RunResult, runResultSchema, runSchema } from '../protocol/run.ts';
import { RESULT_FILE, RUNS_FOLDER } from '../protocol/run-files.ts';
import { UnreadableRunError, UnreadableRunsError } from './errors.ts';

const RUN_FILE = 'run.json';

/** Stands in every file; files of another version are not read. Files without one are of the first. */
const VERSION = 1;

/** The runs that a folder keeps. */
interface KeptRuns {
  readonly runs: Run[];
  /** Sentences that name each of its folders without a readable run, with the reason and what to do. */
  readonly leftAlone: string[];
}

/**
 * The files of all runs: `<root>/<run id>/` holds `run.json`, `result.json` once there is a result, and the artifacts.
 * Every file is written atomically. Errors: FileFaultError when the disk is full or the place is not writable.
 */
export class RunDirectory {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** The folder whose runs these are. */
  get workspace(): string {
    return path.resolve(this.#root, path.relative(RUNS_FOLDER, '.'));
  }

  /** Folder of one run. */
  folderOf(id: string): string {
    return path.join(this.#root, id);
  }

  /** The kept runs, oldest first. Folders without a readable `run.json` are named in `leftAlone`. */
  async load(): Promise<KeptRuns> {
    const kept = await this.#readAll(await this.#folders());
    for (const { id } of kept.runs) {
      try {
        await this.removeUnfinished(id);
      } catch (error) {
        // Listed all the same: a file too many hides nothing.
        if (!isFault(error)) throw error;
        kept.leftAlone.push(`${this.folderOf(id)} keeps what was half written: ${error.message}.`);
      }
    }
    return kept;
  }

  /**
   * As `load`, and changes nothing on the disk: for whoever is not the server of the workspace. None where nothing was ever kept.
   * @throws UnreadableRunsError
   */
  async read(): Promise<KeptRuns> {
    try {
      return await this.#readAll(await foldersIn(this.#root));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return { runs: [], leftAlone: [] };
      throw new UnreadableRunsError(this.#root, error);
    }
  }

  /** One kept run; undefined where there is none, or its file is spoilt. @throws UnreadableRunError */
  async find(id: string): Promise<Run | undefined> {
    const text = await readIfThere(this.folderOf(id), RUN_FILE);
    const run = text === undefined ? undefined : parsed(text, runSchema);
    return run?.id === id ? run : undefined;
  }

  async save(run: Run): Promise<void> {
    const folder = this.folderOf(run.id);
    try {
      await mkdir(folder, { recursive: true, mode: OWNERS_ALONE });
    } catch (error) {
      throw fileFault(error, folder);
    }
    await writeFileAtomically(path.join(folder, RUN_FILE), toJson(run));
  }

  async saveResult(id: string, result: RunResult): Promise<void> {
    await writeFileAtomically(path.join(this.folderOf(id), RESULT_FILE), toJson(result));
  }

  /** The result of a run that succeeded; undefined when its file is gone or spoilt. @throws UnreadableRunError */
  async readResult(id: string): Promise<RunResult | undefined> {
    const text = await readIfThere(this.folderOf(id), RESULT_FILE);
    return text === undefined ? undefined : parsed(text, runResultSchema);
  }

  /** Where an artifact lies and how long it is; undefined when the file is gone. */
  async findFile(id: string, name: string): Promise<{ path: string; bytes: number } | undefined> {
    const file = path.join(this.folderOf(id), name);
    try {
      return { path: file, bytes: (await stat(file)).size };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async remove(id: string): Promise<void> {
    await rm(this.folderOf(id), { recursive: true, force: true });
  }

  /** Removes what a run's process that was killed has left half written. */
  async removeUnfinished(id: string): Promise<void> {
    const folder = this.folderOf(id);
    for (const name of await readdir(folder)) {
      if (name.endsWith(UNFINISHED)) await rm(path.join(folder, name), REMOVAL);
    }
  }

  async #folders(): Promise<string[]> {
    try {
      await mkdir(this.#root, { recursive: true });
      await closeToOthers(this.#root);
    } catch (error) {
      throw fileFault(error, this.#root);
    }
    try {
      return await foldersIn(this.#root);
    } catch (error) {
      throw new UnreadableRunsError(this.#root, error);
    }
  }

  async #readAll(ids: readonly string[]): Promise<KeptRuns> {
    const runs: Run[] = [];
    const leftAlone: string[] = [];
    for (const id of ids) {
      try {
        const run = await this.find(id);
        if (run !== undefined) runs.push(run);
        else leftAlone.push(`${this.folderOf(id)} holds no readable run; it is left alone.`);
      } catch (error) {
        if (!(error instanceof UnreadableRunError)) throw error;
        leftAlone.push(sentenceOf(error));
      }
    }
    runs.sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id));
    return { runs, leftAlone };
  }
}

async function foldersIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** Requests, statements and stacks hold inputs: what is in them is for nobody else on the machine. */
const OWNERS_ALONE = 0o700;

/** Also the folders of older versions, which everybody could read; a folder of somebody else's is theirs to close. */
async function closeToOthers(root: string): Promise<void> {
  try {
    await chmod(root, OWNERS_ALONE);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error;
  }
}

/** A process that has just been killed may still be closing its files. */
const REMOVAL = { force: true, recursive: true, maxRetries: 10, retryDelay: 50 } as const;

function toJson(value: Run | RunResult): string {
  return `${JSON.stringify({ version: VERSION, ...value }, null, 2)}\n`;
}

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false };
}

/** Undefined for text that is no JSON or does not fit: a spoilt file of an old run must not stop the server. */
function parsed<T>(text: string, schema: Schema<T>): T | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const result = schema.safeParse(value);
    return result.success && versionOf(value) === VERSION ? result.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function versionOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'version' in value ? value.version : VERSION;
}

async function readIfThere(folder: string, name: string): Promise<string | undefined> {
  const file = path.join(folder, name);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw isFault(error) ? new UnreadableRunError(file, folder, error) : error;
  }
}

function sentenceOf({ message, advice }: UnreadableRunError): string {
  return `${message} It is left alone. ${advice ?? ''}`.trimEnd();
}

function isMissing(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === 'ENOENT' || errno === 'ENOTDIR';
}

function errnoOf(error: unknown): unknown {
  return isFault(error) ? error.code : undefined;
}

function isFault(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error;
}
