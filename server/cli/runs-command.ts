import path from 'node:path';
import { keptRuns } from '../main/kept-runs.ts';
import { existingWorkspace } from './existing-workspace.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { runTable, tookMillis } from './run-table.ts';
import type { WorkspaceOptions } from './server-commands.ts';

/** `runs`: what the workspace keeps, whether or not a server runs there. @throws UsageError, UnreadableRunsError */
export async function runsCommand({ workspace: given, json }: WorkspaceOptions): Promise<ExitCode> {
  const workspace = await existingWorkspace(given);
  const folder = path.dirname(workspace.folder);
  const { runs, leftAlone } = await keptRuns(workspace);
  const now = new Date();
  if (json) {
    const facts = runs.map((run) => ({ ...run, tookMillis: tookMillis(run, now) }));
    console.log(JSON.stringify({ workspace: folder, runs: facts }, null, 2));
  } else console.log(runs.length === 0 ? noRuns(folder) : `Runs of ${folder}\n\n${runTable(runs, now)}`);
  for (const sentence of leftAlone) console.error(sentence);
  return EXIT.ok;
}

function noRuns(folder: string): string {
  return [
    `The workspace ${folder} keeps no runs yet.`,
    'Record one there with "eventstore-profiler profile <handler>"; "eventstore-profiler handlers" lists the handlers.',
    'If your runs are of another folder, name it with --workspace.',
  ].join('\n');
}
