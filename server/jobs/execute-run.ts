import { describeError, stackOf } from '../lib/describe-error.ts';
import type { Run } from '../protocol/run.ts';
import type { RunDirectory } from './run-directory.ts';
import type { RunEnd, RunEntry } from './run-entry.ts';
import type { RunNews, RunOutcome, RunProcess } from './run-process.ts';

export interface RunExecution {
  readonly directory: RunDirectory;
  /** Starts the process of a run. A rejection fails the run. */
  readonly start: (run: Run, onNews: (news: RunNews) => void) => Promise<RunProcess>;
  readonly log: (line: string) => void;
}

/** Executes a run that has begun, keeps its result, and tells how it ended. Never rejects. */
export async function executeRun(entry: RunEntry, execution: RunExecution): Promise<RunEnd> {
  const outcome = await outcomeOf(entry, execution);
  // A result that was delivered before the interruption took effect is kept: the work is done.
  if (outcome.type === 'succeeded') return { state: 'succeeded' };
  if (entry.interruption) return entry.interruption;
  return outcome.type === 'failed' ? { state: 'failed', error: outcome.error } : { state: 'cancelled' };
}

async function outcomeOf(entry: RunEntry, { directory, start, log }: RunExecution): Promise<RunOutcome> {
  try {
    await directory.save(entry.run);
    const process = await start(entry.run, (news) => entry.events.append(news));
    entry.executedBy(process);
    const outcome = await process.ended;
    if (outcome.type !== 'succeeded') await directory.removeUnfinished(entry.run.id);
    // Also of a run that ended early, when it tells what it had done by then.
    if (outcome.result !== undefined) await directory.saveResult(entry.run.id, outcome.result);
    return outcome;
  } catch (error) {
    log(stackOf(error));
    return { type: 'failed', error: describeError(error) };
  }
}
