import type { RunDirectory } from '../jobs/run-directory.ts';
import type { RunRequest, RunSubject } from '../protocol/run.ts';
import { findStatement } from '../runner/find-statement.ts';

/**
 * What a plan will be about; undefined for every other request. What cannot be explained never becomes a run.
 * @throws NothingToExplainError
 */
export async function explainedSubject(
  request: RunRequest,
  runs: RunDirectory,
): Promise<RunSubject | undefined> {
  if (request.kind !== 'explain') return undefined;
  const { handler, total } = await findStatement(runs, request);
  return { handler, statement: total.label };
}
