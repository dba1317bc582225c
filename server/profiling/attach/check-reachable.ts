import { AttachError } from './attach-errors.ts';
import { reachable } from './process-facts.ts';

/** @throws AttachError where there is no such process, or where it is somebody else's */
export function checkReachable(pid: number): void {
  const state = reachable(pid);
  if (state === 'gone') {
    throw new AttachError('attach_no_process', `There is no process ${pid}.`, {
      advice: 'It may have ended. See which processes there are, and attach to one of them.',
    });
  }
  if (state === 'not-allowed') {
    throw new AttachError('attach_not_allowed', `Process ${pid} belongs to another user.`, {
      advice: 'Attach as that user, or have the program started with --inspect and attach to its address.',
    });
  }
}
