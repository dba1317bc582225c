import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type LaunchMessage, launchMessageSchema } from '../../server/protocol/server-status.ts';
import type { NodeRuntime } from './choose-node.ts';

export interface ServerProcessOptions {
  readonly node: NodeRuntime;
  /** The script and its arguments. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onMessage: (message: LaunchMessage) => void;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
}

export interface ServerProcess {
  /** How it ended, in a few words: `exit code 1`, `SIGKILL`, or why it could not be started. */
  readonly ended: Promise<string>;
  /** Asks it to end, insists after a while, and resolves when it is gone. */
  stop(): Promise<void>;
}

// The server stops its database first. The editor waits five seconds for an extension; the server ends without it too.
const STOP_TIMEOUT_MS = 8000;

/** Starts the server as a child whose IPC channel is its life line: it ends itself when the channel closes. */
export function startServerProcess(options: ServerProcessOptions): ServerProcess {
  const child = spawn(options.node.command, options.args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.node.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    windowsHide: true,
  });
  child.on('message', (message) => {
    const parsed = launchMessageSchema.safeParse(message);
    if (parsed.success) options.onMessage(parsed.data);
    else options.onLine(`A message of the server was not understood: ${parsed.error.message}`, 'stderr');
  });
  readLines(child.stdout, (line) => options.onLine(line, 'stdout'));
  readLines(child.stderr, (line) => options.onLine(line, 'stderr'));
  const ended = endOf(child);
  return { ended, stop: () => stop(child, ended) };
}

/** Resolves when the process is gone and all that it said has been read; `close` does not come after `disconnect()`. */
async function endOf(child: ChildProcess): Promise<string> {
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const quiet = [once(child, 'disconnect'), ...[child.stdout, child.stderr].map(closed)];
  try {
    const [[code, signal]] = await Promise.all([exited, ...quiet]);
    return signal ?? `exit code ${code}`;
  } catch (error) {
    // It could not be started.
    return error instanceof Error ? error.message : String(error);
  }
}

async function closed(stream: Readable | null): Promise<void> {
  if (stream !== null && !stream.closed) await once(stream, 'close');
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on('line', onLine);
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.connected) child.disconnect();
  else child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
