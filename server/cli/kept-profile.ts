import { existsSync } from 'node:fs';
import path from 'node:path';
import { RunDirectory } from '../jobs/run-directory.ts';
import { runNotFound, seeRuns } from '../jobs/run-not-found.ts';
import { PROFILE_FILE } from '../protocol/run-files.ts';
import { existingWorkspace } from './existing-workspace.ts';
import { UsageError } from './usage-error.ts';

/** What the ids of runs look like that this program makes; see server/jobs/run-id.ts. */
const ID = /^\d{8}-\d{6}-[0-9a-f]{6}$/;

/**
 * The file of a profile that was named on the command line: as its path, or as the id of a run that the workspace keeps.
 * @throws UsageError where there is no such run, or it has no profile
 */
export async function profileFileOf(given: string, workspace: string): Promise<string> {
  if (!ID.test(given) || existsSync(given)) return given;
  const { runs } = await existingWorkspace(workspace);
  const directory = new RunDirectory(runs);
  const run = await directory.find(given);
  if (run === undefined) {
    const message = runNotFound(given, directory.workspace);
    throw new UsageError(`${message} There is no file of this name either.`, seeRuns(directory.workspace));
  }
  const file = path.join(directory.folderOf(given), PROFILE_FILE);
  if (existsSync(file)) return file;
  throw new UsageError(
    `Run ${given} has no profile: it is of the kind ${run.request.kind}, and ${run.state}.`,
    `Give the id of a profile that succeeded. ${seeRuns(directory.workspace)}`,
  );
}
