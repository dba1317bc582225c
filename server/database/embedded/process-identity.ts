import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errorCode } from '../error-code.ts';

/** Whose a process number is: `unknown` where the system does not show what the process runs. */
export type ProcessIdentity = 'none' | 'ours' | 'other' | 'unknown';

/**
 * Whether the number belongs to the PostgreSQL server of this directory. After a crash or a restart of the machine
 * the same number may be any other program's, so its command line has to be that of this server.
 */
export async function identifyPostmaster(pid: number, cluster: string): Promise<ProcessIdentity> {
  if (!isProcessAlive(pid)) return 'none';
  const commandLine = await readCommandLine(pid);
  if (commandLine === undefined) return 'unknown';
  if (commandLine === '') return 'none';
  return commandLine.includes('postgres') && commandLine.includes(cluster) ? 'ours' : 'other';
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

/** Empty for a process that has ended, also when nobody has asked how (a zombie); undefined when it cannot be told. */
async function readCommandLine(pid: number): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined;
  if (process.platform === 'linux') return readProc(pid);
  try {
    return (await promisify(execFile)('ps', ['-ww', '-o', 'args=', '-p', String(pid)])).stdout.trim();
  } catch (error) {
    // ps ends with 1 for a process that is gone; where it is not installed nothing can be told.
    return errorCode(error) === 'ENOENT' ? undefined : '';
  }
}

async function readProc(pid: number): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/cmdline`, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH') return '';
    throw error;
  }
}
