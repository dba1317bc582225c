import { stat } from 'node:fs/promises';
import { findConfigFile } from './config-file.ts';
import { readConfig, type WorkspaceConfig } from './read-config.ts';

export interface ConfigWatchOptions {
  /** Folder of the config file. */
  readonly workspace: string;
  /** File that the child process executes. */
  readonly loader: string;
  readonly signal?: AbortSignal;
  readonly log: (line: string) => void;
}

/** The config of a workspace as it is now: read when somebody asks, and again only when a file of it has changed. */
export class ConfigWatch {
  readonly #options: ConfigWatchOptions;
  #known: Known | undefined;
  #reading: Promise<Known> | undefined;
  #revision = 0;

  constructor(options: ConfigWatchOptions) {
    this.#options = options;
  }

  /** Undefined without a config file. Rejects only with the signal's reason. */
  async current(): Promise<WorkspaceConfig | undefined> {
    const known = await this.#upToDate();
    return known.config;
  }

  /** What was read last, at once; whoever asks again sees what has changed since. */
  latest(): { readonly config: WorkspaceConfig | undefined; readonly revision: number } {
    // It must not end the process when the server stops meanwhile.
    this.#upToDate().catch(() => undefined);
    return { config: this.#known?.config, revision: this.#revision };
  }

  async #upToDate(): Promise<Known> {
    if (this.#reading) return await this.#reading;
    const known = this.#known;
    if (known !== undefined && (await isUnchanged(known, this.#options.workspace))) return known;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return await this.#reading;
  }

  async #read(): Promise<Known> {
    const { workspace, ...options } = this.#options;
    const file = findConfigFile(workspace);
    // Before: what changes while it is read is read again.
    const own = file === undefined ? [] : [await stampOf(file)];
    const config = file === undefined ? undefined : await readConfig({ ...options, file });
    const others = await Promise.all((config?.files ?? []).slice(1).map(stampOf));
    this.#known = { file, config, stamps: [...own, ...others], readAt: performance.now() };
    this.#revision += 1;
    return this.#known;
  }
}

interface Known {
  readonly file: string | undefined;
  readonly config: WorkspaceConfig | undefined;
  /** Of the config's files, in their order. */
  readonly stamps: readonly string[];
  readonly readAt: number;
}

// What is missing has no stamp: it may be there by now.
const FAULTY_FOR_MS = 1000;

async function isUnchanged({ file, config, stamps, readAt }: Known, workspace: string): Promise<boolean> {
  if (findConfigFile(workspace) !== file) return false;
  const isFaulty = config?.fault !== undefined || config?.handlers.some(({ fault }) => fault !== undefined);
  if (isFaulty && performance.now() - readAt > FAULTY_FOR_MS) return false;
  const now = await Promise.all((config?.files ?? []).map(stampOf));
  return now.every((stamp, index) => stamp === stamps[index]);
}

/** Changes with the file. */
async function stampOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size } = await stat(file);
    return `${mtimeMs} ${size}`;
  } catch {
    return 'gone';
  }
}
