import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** What a server process says after its start. */
export type StartReport =
  | { readonly pid: number; readonly url: string; readonly dataDirectory: string }
  | { readonly code: string; readonly message: string; readonly advice: string };

/** A process of its own that runs the embedded PostgreSQL as the real server does, to be killed or interrupted. */
export interface ServerProcess extends AsyncDisposable {
  readonly child: ChildProcessByStdio<null, Readable, null>;
  /** Its first word. */
  readonly report: Promise<StartReport>;
  /** All that it says, until it ends. */
  readonly lines: Promise<readonly string[]>;
}

/** Starts a server process on a data directory, as another user when one is given. */
export function serverProcess(
  dataDirectory: string,
  user: { uid?: number; gid?: number } = {},
): ServerProcess {
  const script = path.join(import.meta.dirname, 'run-embedded-postgres.ts');
  const child = spawn(process.execPath, [script, dataDirectory], {
    // A process group of its own, so that a test can interrupt it as a terminal does.
    detached: true,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
    ...user,
  });
  const exited = once(child, 'exit');
  const { first, all } = readLines(child.stdout);
  return {
    child,
    report: first.then((line) => JSON.parse(line) as StartReport),
    lines: all,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await exited;
    },
  };
}

/** The report of a start that went well. */
export async function started(server: ServerProcess) {
  const report = await server.report;
  if ('code' in report) throw new Error(report.message);
  return report;
}

function readLines(stream: Readable) {
  const lines: string[] = [];
  const reader = createInterface({ input: stream }).on('line', (line) => lines.push(line));
  const all = once(reader, 'close').then(() => lines);
  const first = Promise.race([
    once(reader, 'line').then(([line]) => String(line)),
    all.then(() => '{"code":"died"}'),
  ]);
  return { first, all };
}
