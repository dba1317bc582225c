import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { describeError, type ErrorDescription, withoutPasswords } from '../lib/describe-error.ts';
import { killGroup } from '../lib/kill-group.ts';
import { ConfigError } from './config-error.ts';
import {
  type FromLoader,
  fromLoaderSchema,
  type OwnHandlerSummary,
  type ToLoader,
} from './config-messages.ts';

/** A handler of one's own as lists show it. */
export interface OwnHandler extends OwnHandlerSummary {
  /** Why it cannot be run as things stand. */
  readonly fault?: ErrorDescription;
}

/** What a config file says. */
export interface WorkspaceConfig {
  /** Absolute path. */
  readonly file: string;
  /** While the file has a fault those that are right in it; the fault is theirs too, as none can be run. */
  readonly handlers: readonly OwnHandler[];
  /** Holds the password: keep it out of logs. */
  readonly databaseUrl?: string;
  readonly retries: Readonly<Record<string, number>>;
  readonly examples: boolean;
  /** Why nothing of it can be used. */
  readonly fault?: ErrorDescription;
  /** Absolute paths of what was loaded, the config file first: when one of them changes, all this may be otherwise. */
  readonly files: readonly string[];
}

export interface ReadConfigOptions {
  /** Absolute path. */
  readonly file: string;
  /** File that the child process executes. */
  readonly loader: string;
  /** For each step: the config file, and the module of each handler. Ten seconds when it is left out. */
  readonly limitMs?: number;
  /** Ends the reading. */
  readonly signal?: AbortSignal;
  /** What the user's code prints, line by line. */
  readonly log: (line: string) => void;
}

// Ten times what a large application takes to load on a slow machine.
const LIMIT_MS = 10_000;

/**
 * Reads a config file in a child process, which is killed when a step takes too long. Never rejects but with the
 * signal's reason: what is wrong with the file is part of the answer.
 */
export async function readConfig(options: ReadConfigOptions): Promise<WorkspaceConfig> {
  const { file, loader, limitMs = LIMIT_MS, signal, log } = options;
  signal?.throwIfAborted();
  const reading = new Reading(file);
  const child = fork(loader, [], {
    execPath: process.execPath,
    execArgv: [],
    detached: true,
    windowsHide: true,
    // It reads stdin to learn that the server is gone; see runner/lifeline.ts.
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
  });
  const kill = () => killGroup(child);
  signal?.addEventListener('abort', kill, { once: true });
  const watch = new StepWatch(limitMs, () => {
    reading.tooLong(limitMs);
    kill();
  });
  // What the user's code has left running would keep the pipes open, and `close` would not come.
  child.on('exit', kill);
  passOutput(child, log);
  child.on('message', (message) => {
    watch.stepOn();
    reading.take(fromLoaderSchema.parse(message));
    if (reading.isOver) kill();
  });
  const order: ToLoader = { file };
  // A child that is gone already is told of by its end.
  child.send(order, () => undefined);
  try {
    const end = await endOf(child);
    signal?.throwIfAborted();
    return reading.result(end);
  } finally {
    watch.end();
    signal?.removeEventListener('abort', kill);
  }
}

/** Calls when nothing was heard for so long. */
class StepWatch {
  readonly #limitMs: number;
  readonly #silent: () => void;
  #timer: NodeJS.Timeout;

  constructor(limitMs: number, silent: () => void) {
    this.#limitMs = limitMs;
    this.#silent = silent;
    this.#timer = setTimeout(silent, limitMs);
  }

  stepOn(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#silent, this.#limitMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** Puts together what the child tells. */
class Reading {
  readonly #file: string;
  readonly #faults = new Map<number, ErrorDescription>();
  #loaded: Extract<FromLoader, { type: 'loaded' }> | undefined;
  #files: readonly string[] = [];
  #fault: ErrorDescription | undefined;
  /** Index of the handler whose module is being loaded. */
  #checking: number | undefined;
  /** Nothing more is to come. */
  isOver = false;

  constructor(file: string) {
    this.#file = file;
  }

  take(message: FromLoader): void {
    if (message.type === 'loaded') this.#loaded = message;
    if (message.type === 'files') this.#files = message.files;
    if (message.type === 'checking') this.#checking = message.index;
    if (message.type === 'checked') {
      this.#checking = undefined;
      if (message.fault) this.#faults.set(message.index, message.fault);
    }
    if (message.type === 'failed') this.#fault = message.fault;
    this.isOver = message.type === 'failed' || message.type === 'done';
  }

  tooLong(limitMs: number): void {
    this.#brokenOff(
      'config_too_slow',
      `was not loaded within ${limitMs / 1000} s`,
      'A top-level await that never ends, or a loop, holds it up. Let modules do their work in functions.',
    );
  }

  result(end: string): WorkspaceConfig {
    if (!this.isOver) {
      this.#brokenOff(
        'config_crashed',
        `ended its process while it was loaded (${end})`,
        'A module must not call process.exit() or crash.',
      );
    }
    const { handlers = [], databaseUrl, retries = {}, examples = true } = this.#loaded ?? {};
    return {
      file: this.#file,
      handlers: handlers.map((handler, index) => withFault(handler, this.#faults.get(index) ?? this.#fault)),
      ...(databaseUrl !== undefined && { databaseUrl }),
      retries,
      examples,
      ...(this.#fault && { fault: this.#fault }),
      files: [this.#file, ...this.#files.filter((file) => file !== this.#file)],
    };
  }

  /** The fault is of what was being loaded: a handler's module, or the file itself. */
  #brokenOff(code: string, what: string, advice: string): void {
    this.isOver = true;
    const name = path.basename(this.#file);
    const index = this.#checking;
    const subject =
      index === undefined
        ? name
        : `${name} handlers[${index}].module: the module of ${this.#loaded?.handlers[index]?.name}`;
    const fault = describeError(new ConfigError(code, `${subject} ${what}.`, { advice }));
    if (index === undefined) this.#fault = fault;
    else this.#faults.set(index, fault);
  }
}

function withFault(handler: OwnHandlerSummary, fault: ErrorDescription | undefined): OwnHandler {
  return fault === undefined ? handler : { ...handler, fault };
}

function passOutput(child: ChildProcess, log: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => log(withoutPasswords(text).trimEnd()));
  }
}

/** How the process ended, in a few words; `close` comes behind all that it said. */
function endOf(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  child.on('error', (error) => {
    if (child.pid === undefined) resolve(error.message);
  });
  child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  return promise;
}
