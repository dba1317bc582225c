import type { OperationRecord } from '../handling/recording/operation-record.ts';
import type { ProfileRequest } from '../protocol/run.ts';
import { NoInputError } from '../workload/no-input-error.ts';
import type { RunnableHandler } from '../workload/runnable-handler.ts';
import { RecordingBudget } from './recording-budget.ts';
import type { RunContext } from './run-context.ts';

// Late enough that the first slow operations do not decide, early enough to cancel without loss.
const ESTIMATE_AFTER_MICROS = 1e6;

/** What would be over before anybody has read the estimate gets none. */
const LONG_RUN_MICROS = 10e6;

/**
 * Executes a handler as often as the request says, or until the profile is as large as one can be: what is recorded
 * by then is kept, and the log says so.
 */
export async function recordOperations(
  handler: RunnableHandler,
  { iterations, samplingIntervalMicros }: ProfileRequest,
  { signal, progress, log }: Pick<RunContext, 'signal' | 'progress' | 'log'>,
  budget = new RecordingBudget(samplingIntervalMicros),
): Promise<OperationRecord[]> {
  const records: OperationRecord[] = [];
  const step = `Profiling ${handler.name}`;
  let micros = 0;
  let estimated = false;
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    signal.throwIfAborted();
    progress(step, iteration, iterations);
    const record = await handler.execute(iteration, signal).catch((error: unknown) => {
      // What was recorded before is as good as ever.
      if (!(error instanceof NoInputError) || records.length === 0) throw error;
      log(`Stopped after ${count(iteration)} of ${count(iterations)} operations. ${error.message}`);
    });
    if (record === undefined) break;
    records.push(record);
    budget.add(record);
    micros += record.durationMicros;
    if (!estimated && micros >= ESTIMATE_AFTER_MICROS) {
      estimated = true;
      const line = estimate(iterations, { done: records.length, micros, used: budget.used });
      if (line !== undefined) log(line);
    }
    if (budget.used >= 1 && records.length < iterations) {
      log(stoppedEarly(records.length, iterations));
      break;
    }
  }
  progress(step, records.length, records.length);
  return records;
}

interface Sofar {
  readonly done: number;
  readonly micros: number;
  /** Of the room for a profile, 0 to 1. */
  readonly used: number;
}

function estimate(iterations: number, { done, micros, used }: Sofar): string | undefined {
  const room = Math.floor(done / used);
  const operations = Math.min(iterations, room);
  const left = ((operations - done) * micros) / done;
  if (left < LONG_RUN_MICROS) return undefined;
  const limit =
    room < iterations
      ? ` A profile holds about ${count(room)} operations of this handler; the run ends there. ${ADVICE}`
      : '';
  return `About ${duration(left)} to go for ${count(operations)} operations.${limit}`;
}

const ADVICE = 'Use fewer iterations, or a longer sampling interval.';

function stoppedEarly(done: number, iterations: number): string {
  return `Stopped after ${count(done)} of ${count(iterations)} operations: the profile is as large as one can be. What was recorded is kept. ${ADVICE}`;
}

function duration(micros: number): string {
  const seconds = Math.ceil(micros / 1e6);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

function count(operations: number): string {
  return operations.toLocaleString('en-US');
}
