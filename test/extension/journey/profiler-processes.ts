import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The server of a workspace folder and its descendants, by command line. */
export async function profilerProcesses(folder: string): Promise<Map<number, string>> {
  const { pid } = JSON.parse(await readFile(join(folder, '.eventstore-profiler/server.json'), 'utf8'));
  const rows = execFileSync('ps', ['-Ao', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((row) => row !== null)
    .map(([, id, parent, args = '']) => ({ id: Number(id), parent: Number(parent), args }));
  const found = new Map<number, string>();
  const add = (parent: number) => {
    for (const row of rows.filter((candidate) => candidate.parent === parent)) {
      found.set(row.id, row.args);
      add(row.id);
    }
  };
  found.set(pid, 'server');
  add(pid);
  return found;
}

/** Resolves when none of the processes is there any more: an end that nobody announces can only be looked for. */
export async function untilGone(pids: Iterable<number>): Promise<void> {
  for (const pid of pids) {
    while (isAlive(pid)) await pause(50);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
