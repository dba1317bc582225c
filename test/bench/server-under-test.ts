import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import {
  type LaunchMessage,
  launchMessageSchema,
  type ServerStatus,
} from '../../server/protocol/server-status.ts';

const top = path.join(import.meta.dirname, '../..');
const cli = path.join(top, 'dist/cli.js');

/** A real server in a process of its own, started as the editor starts it. */
export interface ServerUnderTest extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  /** From the start of the process to the answer that it is ready, milliseconds. */
  readonly millisecondsToReady: number;
}

/** @throws Error with the server's own words when it does not get ready */
export async function startServer(workspace: string): Promise<ServerUnderTest> {
  const startedAt = performance.now();
  const child = fork(cli, ['start', '--workspace', workspace, '--no-open'], { silent: true });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (said += String(text)));
  let address: { url: string; token: string } | undefined;
  for await (const message of launchMessages(child)) {
    if (message.type === 'listening') address = message;
    if (message.type !== 'status') continue;
    if (message.status.state === 'failed') throw new Error(sentence(message.status));
    if (message.status.state === 'ready' && address) {
      const millisecondsToReady = performance.now() - startedAt;
      const stop = () => stopServer(child);
      return { ...address, pid: child.pid ?? 0, millisecondsToReady, [Symbol.asyncDispose]: stop };
    }
  }
  throw new Error(`the server ended before it was ready: ${said}`);
}

/**
 * Milliseconds from typing `npm start` until the terminal says that the server is ready; it is stopped by Ctrl+C.
 * npm's own time and the look for changed sources are in it.
 */
export async function millisecondsOfNpmStart(workspace: string): Promise<number> {
  const startedAt = performance.now();
  const child = spawn('npm', ['start', '--', '--workspace', workspace, '--no-open'], {
    cwd: top,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let said = '';
  let measured: number | undefined;
  for await (const text of child.stdout) {
    said += String(text);
    if (measured !== undefined || !said.includes('Ready after')) continue;
    measured = performance.now() - startedAt;
    // As the terminal does: to the whole group of processes.
    process.kill(-(child.pid ?? 0), 'SIGINT');
  }
  await exited;
  if (measured === undefined) throw new Error(`npm start ended before the server was ready: ${said}`);
  return measured;
}

async function* launchMessages(child: ChildProcess): AsyncGenerator<LaunchMessage> {
  const queue: LaunchMessage[] = [];
  let wake: () => void = () => undefined;
  let gone = false;
  child.on('message', (message) => {
    queue.push(launchMessageSchema.parse(message));
    wake();
  });
  child.once('exit', () => {
    gone = true;
    wake();
  });
  while (!gone || queue.length > 0) {
    const next = queue.shift();
    if (next) yield next;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.disconnect();
  await gone;
}

function sentence({ error }: ServerStatus): string {
  return [error?.message, error?.advice].filter(Boolean).join(' ');
}
