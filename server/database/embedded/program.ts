import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PostgresStartError } from './embedded-errors.ts';
import type { ServerAccount } from './server-account.ts';

/** A program of PostgreSQL with its arguments. */
export type Command = readonly [program: string, ...args: string[]];

export interface ProgramOptions {
  readonly account: ServerAccount | undefined;
  /** One that the account may enter; the one that we were started in may be closed to it. */
  readonly cwd: string;
}

/**
 * Runs a program of PostgreSQL until it has ended; an abort kills it and throws the signal's reason. A program that
 * leaves another one running (pg_ctl) hands it its output, which then has no end: wait for the exit alone.
 */
export async function runProgram(
  command: Command,
  options: ProgramOptions & { readonly signal?: AbortSignal | undefined; readonly until?: 'exit' | 'close' },
): Promise<{ exitCode: number | null; output: string }> {
  const { signal, until = 'close' } = options;
  signal?.throwIfAborted();
  let output = '';
  const child = await startProgram(command, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const streams = [child.stdout, child.stderr];
  for (const stream of streams) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const kill = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', kill);
  try {
    const [exitCode] = (await once(child, until)) as [number | null];
    signal?.throwIfAborted();
    return { exitCode, output };
  } finally {
    signal?.removeEventListener('abort', kill);
    for (const stream of streams) stream?.destroy();
  }
}

/** Starts a program of PostgreSQL. @throws PostgresStartError when the system refuses */
export async function startProgram(
  [program, ...args]: Command,
  { account, cwd, stdio }: ProgramOptions & { readonly stdio: StdioOptions },
): Promise<ChildProcess> {
  try {
    const child = spawn(program, args, {
      cwd,
      stdio,
      env: childEnvironment(),
      // A process group of its own: Ctrl+C in the terminal reaches this program alone, which then stops in order.
      detached: process.platform !== 'win32',
      windowsHide: true,
      // setuid takes a signed number where the files have an unsigned one.
      ...(account === undefined ? {} : { uid: account.uid | 0, gid: account.gid | 0 }),
    });
    await once(child, 'spawn');
    return child;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PostgresStartError(`${program} could not be started`, reason, cause);
  }
}

/** Only what the programs need: PGDATA, PGPORT and the like would change them, and secrets are no concern of theirs. */
function childEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'SystemRoot', 'TEMP', 'TMP'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // English messages, because some of them are read; UTC saves initdb the search for the machine's time zone.
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
}
