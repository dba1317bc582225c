import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createServerClient, type ServerClient } from '../../../server/protocol/client.ts';
import { type LaunchMessage, launchMessageSchema } from '../../../server/protocol/server-status.ts';

export const CLI = path.resolve(import.meta.dirname, '../../../server/cli.ts');

export interface ProfilerOptions {
  readonly args?: readonly string[];
  /** On top of this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** As whom the server runs, when not as ourselves. */
  readonly user?: { readonly uid?: number; readonly gid?: number };
}

export interface CliProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Everything on stdout, as it stands. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when stdout or stderr has the words. */
  said(words: RegExp): Promise<void>;
  /** Resolves when the process is gone and its output read. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

export interface ProfilerServer extends CliProcess {
  /** Rejects when the process ends before it listens. */
  readonly listening: Promise<{
    readonly url: string;
    readonly token: string;
    readonly client: ServerClient;
  }>;
  /** Resolves with a client when the server is ready. */
  readonly ready: Promise<ServerClient>;
  readonly messages: readonly LaunchMessage[];
}

/** Runs the command line as a process of its own, with nothing of this process's database settings. */
export function cli(
  args: readonly string[],
  options: Omit<ProfilerOptions, 'args'> & { ipc?: boolean } = {},
): CliProcess {
  const { DATABASE_URL: _, ...env } = process.env;
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: '/',
    env: { ...env, ...options.env },
    // A group of its own, so that a test can interrupt it as a terminal does.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(options.ipc ? (['ipc'] as const) : [])],
    ...options.user,
  });
  const output = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const check of waiting) check();
    });
  }
  // Not `close`: it never comes when this side has closed the channel.
  const exit = once(child, 'exit');
  const streams = [child.stdout, child.stderr].map((stream) => stream && once(stream, 'close'));
  const ended = Promise.all([exit, ...streams]).then(([[code, signal]]) => ({ code, signal }));
  return {
    child,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    said: (words) => said(words, { output, waiting, ended }),
    ended,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
}

async function said(
  words: RegExp,
  from: { output: { stdout: string; stderr: string }; waiting: Set<() => void>; ended: Promise<unknown> },
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const check = () => {
    if (words.test(from.output.stdout) || words.test(from.output.stderr)) resolve();
  };
  from.waiting.add(check);
  check();
  const end = from.ended.then(() => {
    throw new Error(`The process ended without saying ${words}:\n${from.output.stdout}${from.output.stderr}`);
  });
  await Promise.race([promise, end]).finally(() => from.waiting.delete(check));
  end.catch(() => undefined);
}

/** Starts the server of a workspace as the editor does: with a channel on which it tells its address and state. */
export function profilerServer(workspace: string, options: ProfilerOptions = {}): ProfilerServer {
  const { args = [], ...rest } = options;
  const server = cli(['start', '--workspace', workspace, ...args], { ...rest, ipc: true });
  const messages: LaunchMessage[] = [];
  const listening = Promise.withResolvers<{ url: string; token: string; client: ServerClient }>();
  const ready = Promise.withResolvers<ServerClient>();
  server.child.on('message', (message) => {
    const parsed = launchMessageSchema.parse(message);
    messages.push(parsed);
    if (parsed.type === 'listening') listening.resolve({ ...parsed, client: createServerClient(parsed) });
    if (parsed.type === 'status' && parsed.status.state === 'ready') {
      listening.promise.then(({ client }) => ready.resolve(client), ready.reject);
    }
  });
  server.ended.then(() => {
    const fault = new Error(`The server ended:\n${server.stdout()}${server.stderr()}`);
    listening.reject(fault);
    ready.reject(fault);
  });
  // A test that waits for one of them only must not fail because of the other.
  listening.promise.catch(() => undefined);
  ready.promise.catch(() => undefined);
  return { ...server, listening: listening.promise, ready: ready.promise, messages };
}

/** Process id of the embedded PostgreSQL of a workspace. */
export async function postmasterPid(workspace: string): Promise<number> {
  const file = path.join(workspace, '.eventstore-profiler/postgres/cluster/postmaster.pid');
  return Number.parseInt(await readFile(file, 'utf8'), 10);
}

/** A zombie, which nobody has buried yet, does not live. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
