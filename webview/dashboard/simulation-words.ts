import type { ServerClient } from '../../server/protocol/client.ts';
import type { Run } from '../../server/protocol/run.ts';
import { ServerRequestError } from '../../server/protocol/server-request-error.ts';
import { simulationReport } from '../../server/protocol/simulation-report.ts';
import { element } from '../element.ts';
import { notice } from './notice.ts';
import { titleOf } from './run-title.ts';

/** All that is known of a simulation that is over, as text: also what was done before it ended early. */
export async function simulationWords(
  client: ServerClient,
  run: Run,
  signal: AbortSignal,
): Promise<HTMLElement[]> {
  const report = await reportOf(client, run, signal);
  signal.throwIfAborted();
  const words = report === null ? [] : [element('pre', { class: 'run-report', text: report })];
  const title = titleOf(run);
  if (run.state === 'succeeded') return [element('h2', { class: 'run-report-title', text: title }), ...words];
  const cancelled = { message: `${title} was cancelled.`, isNeutral: true } as const;
  const failed = run.error ?? { message: `${title} failed.` };
  return [notice(run.state === 'cancelled' ? cancelled : failed), ...words];
}

/** Null for a simulation that ended before it had done anything. */
async function reportOf(client: ServerClient, run: Run, signal: AbortSignal): Promise<string | null> {
  try {
    const result = await client.result(run.id, { signal });
    return result.kind === 'simulation' ? simulationReport(result.summary) : null;
  } catch (error) {
    if (error instanceof ServerRequestError && error.code === 'no_result') return null;
    throw error;
  }
}
