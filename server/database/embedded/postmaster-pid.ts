import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../error-code.ts';

/** What a running (or killed) server says about itself in postmaster.pid. */
export interface PostmasterPid {
  readonly pid: number;
  readonly port: number;
  /** `starting`, `ready`, `stopping`; empty when it had not come that far. */
  readonly status: string;
}

/** Reads postmaster.pid; undefined when there is none or nothing is in it. */
export async function readPostmasterPid(cluster: string): Promise<PostmasterPid | undefined> {
  const text = await readText(postmasterPidFile(cluster));
  // The lines of https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/utils/pidfile.h
  const [pid, , , port, , , , status] = text.split('\n');
  if (!pid || !Number.isInteger(Number(pid))) return undefined;
  return { pid: Number(pid), port: Number(port ?? 0), status: status?.trim() ?? '' };
}

/** Where the server of a directory writes down that it runs. */
export function postmasterPidFile(cluster: string): string {
  return path.join(cluster, 'postmaster.pid');
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}
