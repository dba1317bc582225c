import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterDirectory } from './cluster-directory.ts';
import { type PostgresBinaries, programPath } from './postgres-binaries.ts';
import { readPostmasterPid } from './postmaster-pid.ts';
import { identifyPostmaster } from './process-identity.ts';
import { runProgram, startProgram } from './program.ts';
import { giveTo, type ServerAccount } from './server-account.ts';

/** What is needed to command the server of one directory. */
export interface PostmasterContext {
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount | undefined;
  readonly files: ClusterDirectory;
}

/** A server process that accepts connections, started by us or found running. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** How the process ended; undefined when it is no child of ours, so nobody tells us. */
  readonly exited: Promise<string> | undefined;
}

/** The server ended before it was ready; `message` is what it wrote last. */
export class PostmasterDied extends Error {
  override readonly name = 'PostmasterDied';
}

/** Starts the server and waits until it accepts connections. @throws PostmasterDied */
export const launchPostmaster: Launch = (context, port, signal) =>
  (process.platform === 'win32' ? launchByPgCtl : launchDirectly)(context, port, signal);

type Launch = (context: PostmasterContext, port: number, signal?: AbortSignal) => Promise<Postmaster>;

/** The way on all other systems: the server is our child, so its end is told and nothing of it stays behind. */
const launchDirectly: Launch = async (context, port, signal) => {
  const { binaries, account, files } = context;
  const log = await openLog(context);
  try {
    const child = await startProgram(
      [programPath(binaries, 'postgres'), '-D', files.cluster, '-p', String(port)],
      {
        account,
        cwd: files.dataDirectory,
        stdio: ['ignore', log.handle.fd, log.handle.fd],
      },
    );
    return await readyChild(child, { port, files, signal, logStart: log.start });
  } finally {
    await log.handle.close();
  }
};

async function readyChild(
  child: ChildProcess,
  options: { port: number; files: ClusterDirectory; signal: AbortSignal | undefined; logStart: number },
): Promise<Postmaster> {
  const { port, files, signal, logStart } = options;
  const exited = once(child, 'exit').then(([code, by]) =>
    by ? `it was ended by ${by}` : `it ended with code ${code}`,
  );
  try {
    const ready = await untilReady(files.cluster, child, signal);
    if (!ready) throw new PostmasterDied(await readFrom(files.logFile, logStart));
  } catch (error) {
    child.kill('SIGQUIT');
    await exited;
    throw error;
  }
  return { pid: child.pid ?? 0, port, exited };
}

/**
 * The way on Windows: there pg_ctl drops the rights of an administrator, whom PostgreSQL refuses, and the console
 * that Ctrl+C belongs to. It answers when the server is ready or has ended.
 */
export const launchByPgCtl: Launch = async (context, port, signal) => {
  const { binaries, account, files } = context;
  const log = await openLog(context);
  await log.handle.close();
  const command = [programPath(binaries, 'pg_ctl'), 'start', '-w', '-t', '120'] as const;
  const place = ['-D', files.cluster, '-l', files.logFile, '-o', `-p ${port}`];
  const options = { account, cwd: files.dataDirectory, signal, until: 'exit' } as const;
  const { exitCode } = await runProgram([...command, ...place], options);
  const record = await readPostmasterPid(files.cluster);
  if (exitCode !== 0 || record === undefined)
    throw new PostmasterDied(await readFrom(files.logFile, log.start));
  return { pid: record.pid, port, exited: undefined };
};

/** How a server is ended: in order (clients are disconnected, all is written), at once, or by force. */
type StopMode = 'INT' | 'QUIT' | 'KILL';

const patience: Readonly<Record<StopMode, number>> = { INT: 15_000, QUIT: 2_000, KILL: 5_000 };

/**
 * Ends the server, and harder each time it does not follow. What is not written then is recovered at the next start.
 * One that does not answer cannot end in order: begin with `QUIT`.
 */
export async function stopPostmaster(
  context: PostmasterContext,
  pid: number,
  first: 'INT' | 'QUIT' = 'INT',
): Promise<void> {
  const modes: StopMode[] = first === 'INT' ? ['INT', 'QUIT', 'KILL'] : ['QUIT', 'KILL'];
  for (const mode of modes) {
    await sendSignal(context, pid, mode);
    if (await untilGone(context.files.cluster, pid, patience[mode])) return;
  }
  throw new Error(`PostgreSQL (process ${pid}) could not be ended.`);
}

/** Whether the server of this directory is gone within the time. */
export async function untilGone(cluster: string, pid: number, milliseconds: number): Promise<boolean> {
  const end = performance.now() + milliseconds;
  while (await isRunning(cluster, pid)) {
    if (performance.now() > end) return false;
    await delay(10);
  }
  return true;
}

async function isRunning(cluster: string, pid: number): Promise<boolean> {
  const identity = await identifyPostmaster(pid, cluster);
  return identity === 'ours' || identity === 'unknown';
}

async function sendSignal(
  context: PostmasterContext,
  pid: number,
  mode: 'INT' | 'QUIT' | 'KILL',
): Promise<void> {
  const { binaries, account, files } = context;
  if (!(await isRunning(files.cluster, pid))) return;
  if (process.platform !== 'win32') process.kill(pid, `SIG${mode}`);
  else {
    const command = [programPath(binaries, 'pg_ctl'), 'kill', mode, String(pid)] as const;
    await runProgram(command, { account, cwd: files.dataDirectory });
  }
}

/**
 * Whether the server got ready before it ended. postmaster.pid tells; pg_ctl waits in the same way, but looks only
 * ten times a second.
 */
async function untilReady(cluster: string, child: ChildProcess, signal?: AbortSignal): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    signal?.throwIfAborted();
    const record = await readPostmasterPid(cluster);
    if (record !== undefined && record.pid === child.pid && record.status === 'ready') return true;
    await delay(5);
  }
  return false;
}

/** A log above 1 MB starts anew: it is there to explain the last start and the last crash. */
async function openLog({ files, account }: PostmasterContext) {
  const handle = await open(files.logFile, 'a', 0o600);
  await giveTo(account, files.logFile);
  const { size } = await handle.stat();
  if (size < 1_000_000) return { handle, start: size };
  await handle.truncate();
  return { handle, start: 0 };
}

async function readFrom(file: string, start: number): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(8_192), position: start });
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await handle.close();
  }
}
