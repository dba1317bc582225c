import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { errorCode } from '../error-code.ts';

/** What a running (or killed) server says about itself in postmaster.pid. */
export interface PostmasterPid {
  readonly pid: number;
  readonly clusterDirectory: string;
  readonly port: number;
  readonly status: string;
}

/** Reads postmaster.pid; undefined when there is none or it is not written to its end yet. */
export async function readPostmasterPid(clusterDirectory: string): Promise<PostmasterPid | undefined> {
  const text = await readFile(path.join(clusterDirectory, 'postmaster.pid'), 'utf8').catch(
    (error: unknown) => {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    },
  );
  // https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/utils/pidfile.h
  const [pid, directory, , port, , , , status] = text?.split('\n') ?? [];
  if (!pid || !directory) return undefined;
  return {
    pid: Number(pid),
    clusterDirectory: directory,
    port: Number(port ?? 0),
    status: status?.trim() ?? '',
  };
}

/**
 * Whether the process that postmaster.pid names lives and is the server of this directory. After a crash the same
 * number may belong to any other process, so its command line has to name the directory.
 */
export async function isPostmasterAlive(
  record: Pick<PostmasterPid, 'pid' | 'clusterDirectory'>,
): Promise<boolean> {
  if (!isProcessAlive(record.pid)) return false;
  const commandLine = await readCommandLine(record.pid);
  return commandLine === undefined || commandLine.includes(record.clusterDirectory);
}

/** Whether a process of that number exists. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Undefined when the system does not tell. An exited process whose parent has not noticed has an empty one. */
async function readCommandLine(pid: number): Promise<string | undefined> {
  try {
    return await readFile(`/proc/${pid}/cmdline`, 'utf8');
  } catch (error) {
    if (process.platform === 'linux' && errorCode(error) === 'ENOENT') return '';
    if (process.platform === 'win32') return undefined;
  }
  try {
    return (await promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)])).stdout;
  } catch (error) {
    // ps ends with 1 for a process that is gone, and cannot be run at all where it is not installed.
    return errorCode(error) === 'ENOENT' ? undefined : '';
  }
}
