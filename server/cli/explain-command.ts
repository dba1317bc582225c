import path from 'node:path';
import { RunDirectory } from '../jobs/run-directory.ts';
import { seeRuns } from '../jobs/run-not-found.ts';
import type { ExplainRequest } from '../protocol/statement-plan.ts';
import { findStatement } from '../runner/find-statement.ts';
import { timeIn } from './duration-value.ts';
import { existingWorkspace } from './existing-workspace.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { explainReport } from './explain-report.ts';
import { ProgressLine } from './progress-line.ts';
import { requestFrom } from './request-from.ts';
import { runToEnd } from './run-to-end.ts';
import { type ServerChoice, withServer } from './with-server.ts';

export interface ExplainOptions extends ServerChoice {
  readonly analyze?: string;
  /** `30s`, `500ms`, `2m`. */
  readonly timeout?: string;
  /** Print the result as JSON instead of a tree. */
  readonly json: boolean;
}

/** `explain <run> [statement]`: the plan of a statement of a profile. @throws UsageError, ServerRequestError, CancelledError */
export async function explainCommand(
  run: string,
  statement: string | undefined,
  options: ExplainOptions,
): Promise<ExitCode> {
  const { folder, runs } = await existingWorkspace(options.workspace);
  const request = explainRequestOf({ run, statement: statement ?? '1' }, options, path.dirname(folder));
  // Before a server is started for it.
  await findStatement(new RunDirectory(runs), request);
  const progress = new ProgressLine(process.stderr);
  try {
    await withServer(options, progress, async (client, signal) => {
      const { id } = await runToEnd(client, request, { signal, progress });
      progress.clear();
      const result = await client.result(id);
      if (result.kind !== 'explain') throw new TypeError('The result is none of a plan');
      console.log(
        options.json ? JSON.stringify({ id, ...result }, null, 2) : explainReport(result, request.analyze),
      );
    });
    return EXIT.ok;
  } finally {
    progress.clear();
  }
}

function explainRequestOf(
  subject: { readonly run: string; readonly statement: string },
  { analyze, timeout }: ExplainOptions,
  workspace: string,
): ExplainRequest {
  const timeoutSeconds = timeout === undefined ? undefined : timeIn('s', '--timeout', timeout);
  return requestFrom(
    'explain',
    { ...subject, analyze, timeoutSeconds },
    {
      run: { flag: '<run>', advice: seeRuns(workspace) },
      statement: {
        flag: '[statement]',
        advice: 'Leave [statement] out for the one that was under way longest.',
      },
      analyze: { flag: '--analyze' },
      timeoutSeconds: { flag: '--timeout', unit: 's' },
    },
  );
}
