import { endOfLeftRun } from '../jobs/left-run.ts';
import { RunDirectory } from '../jobs/run-directory.ts';
import type { Run } from '../protocol/run.ts';
import { isServed } from './server-lock.ts';
import type { Workspace } from './workspace.ts';

export interface KeptRuns {
  /** Newest first. */
  readonly runs: readonly Run[];
  /** A sentence for each folder among the runs that holds no readable one. */
  readonly leftAlone: readonly string[];
}

/**
 * The runs of a workspace as its files tell them, whether or not a server runs there; nothing is changed. What a server that
 * was killed has left running is told as the next one will tell it. @throws UnreadableRunsError
 */
export async function keptRuns(workspace: Workspace): Promise<KeptRuns> {
  const directory = new RunDirectory(workspace.runs);
  const { runs, leftAlone } = await directory.read();
  const isOpen = ({ endedAt }: Run) => endedAt === undefined;
  const isLeft = runs.some(isOpen) && !(await isServed(workspace.serverFile));
  const settled = isLeft
    ? await Promise.all(
        runs.map(async (run) => (isOpen(run) ? { ...run, ...(await endOfLeftRun(run, directory)) } : run)),
      )
    : runs;
  return { runs: settled.toReversed(), leftAlone };
}
