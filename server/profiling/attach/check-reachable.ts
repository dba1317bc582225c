import { AttachError } from './attach-errors.ts';
import { reachable } from './process-facts.ts';

/** What is typed to see them, by the system on which the process would run. */
const LISTING = process.platform === 'win32' ? '"Get-Process node"' : '"ps -A -o pid,args | grep node"';

/** @throws AttachError where there is no such process, or where it is somebody else's */
export function checkReachable(pid: number): void {
  const state = reachable(pid);
  if (state === 'gone') {
    throw new AttachError('attach_no_process', `There is no process ${pid}.`, {
      advice: `It may have ended. ${LISTING} lists the Node.js processes of this machine with their ids.`,
    });
  }
  if (state === 'not-allowed') {
    throw new AttachError('attach_not_allowed', `Process ${pid} belongs to another user.`, {
      advice: 'Attach as that user, or have the program started with --inspect and attach to its address.',
    });
  }
}
