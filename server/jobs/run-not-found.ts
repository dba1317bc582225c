/** What is said wherever somebody names a run that is not kept. */
export function runNotFound(id: string, workspace: string): string {
  return `The workspace ${workspace} keeps no run ${JSON.stringify(id.slice(0, 60))}.`;
}

export function seeRuns(workspace: string): string {
  return `"eventstore-profiler runs" lists the runs that ${workspace} keeps; another workspace is named with --workspace.`;
}
