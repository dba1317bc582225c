import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ServerAccount } from './server-account.ts';

/** How a program of PostgreSQL ended and what it said. */
export interface ProgramResult {
  readonly exitCode: number | null;
  readonly output: string;
}

/**
 * Runs a program of PostgreSQL until it has ended; an abort kills it and throws the signal's reason. A program that
 * leaves another one running (pg_ctl) hands it its output, which then has no end: wait for the exit alone.
 */
export async function runProgram(
  command: readonly [program: string, ...args: string[]],
  options: {
    account: ServerAccount | undefined;
    cwd: string;
    signal?: AbortSignal | undefined;
    until?: 'exit' | 'close';
  },
): Promise<ProgramResult> {
  options.signal?.throwIfAborted();
  const [program, ...args] = command;
  const child = spawn(program, args, {
    ...childOptions(options.account, options.cwd),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const kill = () => child.kill('SIGKILL');
  options.signal?.addEventListener('abort', kill);
  try {
    const [exitCode] = (await once(child, options.until ?? 'close')) as [number | null];
    options.signal?.throwIfAborted();
    return { exitCode, output };
  } finally {
    options.signal?.removeEventListener('abort', kill);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

/** What every program of PostgreSQL is started with. */
export function childOptions(account: ServerAccount | undefined, cwd: string) {
  return {
    // The account may not enter the directory that we were started in.
    cwd,
    env: childEnvironment(),
    // A process group of its own: Ctrl+C in the terminal reaches this program alone, which then stops in order.
    detached: process.platform !== 'win32',
    windowsHide: true,
    // setuid takes a signed number where the files have an unsigned one.
    ...(account === undefined ? {} : { uid: account.uid | 0, gid: account.gid | 0 }),
  };
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
