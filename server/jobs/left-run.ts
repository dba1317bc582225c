import { describeError } from '../lib/describe-error.ts';
import type { Run } from '../protocol/run.ts';
import { UnreadableRunError } from './errors.ts';
import type { RunDirectory } from './run-directory.ts';
import type { RunEnd } from './run-entry.ts';

/** How a run ended that a server left queued or running on the disk when it was killed. */
export async function endOfLeftRun({ id }: Run, directory: RunDirectory): Promise<RunEnd> {
  // The result is written last but one: the server was killed between the two.
  try {
    if (await directory.readResult(id)) return { state: 'succeeded' };
  } catch (error) {
    if (!(error instanceof UnreadableRunError)) throw error;
    return { state: 'failed', error: describeError(error) };
  }
  return {
    state: 'failed',
    error: {
      code: 'server_ended',
      message: 'The server ended before the run did.',
      advice: 'Start the run again.',
    },
  };
}
