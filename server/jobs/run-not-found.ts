/** What is said wherever somebody names a run that is not kept. */
export function runNotFound(id: string, workspace: string): string {
  return `The workspace ${workspace} keeps no run ${JSON.stringify(id.slice(0, 60))}.`;
}

/** As it can be typed wherever one is. */
export function seeRuns(workspace: string): string {
  const folder = /^[\w./:\\-]+$/.test(workspace) ? workspace : JSON.stringify(workspace);
  return `"eventstore-profiler runs --workspace ${folder}" lists the runs that are kept there; for those of another workspace give its folder as --workspace.`;
}
