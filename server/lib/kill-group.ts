import { type ChildProcess, execFile } from 'node:child_process';

/**
 * Kills a process that leads a group (`detached`) with all that it has started. The group lives on as long as one of its
 * processes does, so that its number means nobody else then; that all of them are gone already is what is wanted.
 */
export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    execFile('taskkill', ['/pid', String(pid), '/T', '/F'], () => undefined);
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
