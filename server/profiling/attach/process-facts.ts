import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { constants } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** What the operating system tells of a process. */
export interface ProcessFacts {
  /** Name of its program without folder and suffix; undefined where the system does not tell. */
  readonly program: string | undefined;
  readonly isNode: boolean;
  /** Whether the signal that opens the inspector is handled; undefined where the system does not tell. */
  readonly catchesSignal: boolean | undefined;
}

/** Whether a process is there and may be signalled. */
export function reachable(pid: number): 'yes' | 'gone' | 'not-allowed' {
  try {
    process.kill(pid, 0);
    return 'yes';
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return 'gone';
    if (codeOf(error) === 'EPERM') return 'not-allowed';
    throw error;
  }
}

/**
 * Sending SIGUSR1 to what is no Node.js ends most programs, so this is looked at first. Linux tells everything in
 * `/proc`; other systems tell the name of the program alone.
 */
export async function factsOf(pid: number): Promise<ProcessFacts> {
  return process.platform === 'linux' ? await linuxFacts(pid) : await psFacts(pid);
}

/** Ports on which a process listens; empty where the system does not tell. */
export async function listeningPorts(pid: number): Promise<Set<number>> {
  if (process.platform !== 'linux') return new Set();
  const sockets = await socketsOf(pid);
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => optional(readFile(`/proc/${pid}/net/${name}`, 'utf8'))),
  );
  const ports = new Set<number>();
  for (const line of tables.flatMap((table) => table?.split('\n').slice(1) ?? [])) {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    if (state === LISTENING && sockets.has(inode)) ports.add(Number.parseInt(local.split(':')[1] ?? '', 16));
  }
  return ports;
}

// See proc_net_tcp(5).
const LISTENING = '0A';

async function socketsOf(pid: number): Promise<Set<string>> {
  const folder = `/proc/${pid}/fd`;
  const names = (await optional(readdir(folder))) ?? [];
  const links = await Promise.all(names.map((name) => optional(readlink(path.join(folder, name)))));
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link ?? '')?.[1] ?? []));
}

async function linuxFacts(pid: number): Promise<ProcessFacts> {
  const folder = `/proc/${pid}`;
  const [executable, status, threads] = await Promise.all([
    optional(readlink(`${folder}/exe`)),
    optional(readFile(`${folder}/status`, 'utf8')),
    threadNames(folder),
  ]);
  const program = executable && path.basename(executable.replace(/ \(deleted\)$/, ''));
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status ?? '')?.[1];
  return {
    program,
    // The thread that waits for the signal has this name since Node.js 23, in programs built around Node.js too.
    isNode: isNodeName(program) || threads.includes('SignalInspector'),
    catchesSignal: caught === undefined ? undefined : ((BigInt(`0x${caught}`) >> SIGUSR1_BIT) & 1n) === 1n,
  };
}

const SIGUSR1_BIT = BigInt((constants.signals.SIGUSR1 ?? 10) - 1);

async function threadNames(folder: string): Promise<string[]> {
  const threads = (await optional(readdir(`${folder}/task`))) ?? [];
  const names = await Promise.all(
    threads.map((thread) => optional(readFile(`${folder}/task/${thread}/comm`, 'utf8'))),
  );
  return names.flatMap((name) => name?.trim() ?? []);
}

async function psFacts(pid: number): Promise<ProcessFacts> {
  if (process.platform === 'win32') {
    // Node.js asks the process itself there and refuses others.
    return { program: undefined, isNode: true, catchesSignal: undefined };
  }
  const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'comm=']);
  const program = path.basename(stdout.trim());
  return { program, isNode: isNodeName(program), catchesSignal: undefined };
}

function isNodeName(program: string | undefined): boolean {
  return program !== undefined && /^node(js|\d+)?$/.test(program.replace(/\.exe$/, ''));
}

/** What may vanish while it is read, as everything of a process that ends. */
async function optional<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
