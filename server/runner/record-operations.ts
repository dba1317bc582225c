import { setImmediate as turn } from 'node:timers/promises';
import type { OperationRecord } from '../handling/recording/operation-record.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { counted, millis } from '../protocol/figures.ts';
import type { ProfileRequest, SlowOperation, StoppedBy } from '../protocol/run.ts';
import { NoInputError } from '../workload/no-input-error.ts';
import type { RunnableHandler } from '../workload/runnable-handler.ts';
import { type Budget, RecordingBudget } from './recording-budget.ts';
import type { RunContext } from './run-context.ts';
import { stopStrategyOf } from './stop-strategy.ts';

// Late enough that the first slow operations do not decide, early enough to cancel without loss.
const ESTIMATE_AFTER_MICROS = 1e6;

/** What would be over before anybody has read the estimate gets none. */
const LONG_RUN_MICROS = 10e6;

/** What a recording gives: at least one operation. */
export interface RecordedOperations {
  readonly records: OperationRecord[];
  readonly stoppedBy: StoppedBy;
  /** The operation that the recording ended with because it was too slow. */
  readonly slowOperation?: SlowOperation;
}

type Recording = Pick<RunContext, 'signal' | 'stop' | 'progress' | 'log'>;

/**
 * Executes a handler until the request's strategy has enough, somebody stops the run, the inputs are used up, or the
 * profile is as large as one can be: what is recorded by then is kept, and the log says so. Ends between two operations only.
 */
export async function recordOperations(
  handler: RunnableHandler,
  request: ProfileRequest,
  { signal, stop, progress, log }: Recording,
  {
    budget = new RecordingBudget(request.samplingIntervalMicros),
    clock = systemClock,
  }: { readonly budget?: Budget; readonly clock?: Pick<Clock, 'monotonicMicros'> } = {},
): Promise<RecordedOperations> {
  const strategy = stopStrategyOf(request);
  const tellsEstimate = request.stop === undefined || request.stop.kind === 'iterations';
  const records: OperationRecord[] = [];
  const step = `Profiling ${handler.name}`;
  const startMicros = clock.monotonicMicros();
  const sofar = () => ({ done: records.length, elapsedMicros: clock.monotonicMicros() - startMicros });
  let micros = 0;
  let estimated = !tellsEstimate;
  let turnedAt = performance.now();
  while (true) {
    turnedAt = await turnIfDue(turnedAt);
    signal.throwIfAborted();
    const { done, total } = strategy.progress(sofar());
    progress(step, done, total);
    const record = await executeOr(handler, records.length, { signal, log, request });
    if (record === undefined) return { records, stoppedBy: 'no-input' };
    records.push(record);
    budget.add(record);
    micros += record.durationMicros;
    const verdict = strategy.verdict(record.durationMicros, sofar());
    if (verdict !== undefined || stop.aborted || budget.used >= 1) {
      progress(step, total || 1, total || 1);
      return ended(verdict ?? (stop.aborted ? 'request' : 'full'), { records, handler, request, log });
    }
    if (!estimated && micros >= ESTIMATE_AFTER_MICROS) {
      estimated = true;
      const line = estimate(request.iterations, { done: records.length, micros, used: budget.used });
      if (line !== undefined) log(line);
    }
  }
}

/** A handler that never waits keeps the event loop from turning, and a request to stop from being heard. */
const TURN_EVERY_MS = 50;

/** When the event loop has last turned. */
async function turnIfDue(turnedAt: number): Promise<number> {
  if (performance.now() - turnedAt < TURN_EVERY_MS) return turnedAt;
  await turn();
  return performance.now();
}

interface Execution {
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly request: ProfileRequest;
}

/** Undefined when the handler has no input any more: what was recorded before is as good as ever. */
async function executeOr(
  handler: RunnableHandler,
  iteration: number,
  { signal, log, request }: Execution,
): Promise<OperationRecord | undefined> {
  try {
    return await handler.execute(iteration, signal);
  } catch (error) {
    if (!(error instanceof NoInputError) || iteration === 0) throw error;
    log(`Stopped after ${of(iteration, request)}. ${error.message}`);
    return undefined;
  }
}

interface Ended {
  readonly records: OperationRecord[];
  readonly handler: RunnableHandler;
  readonly request: ProfileRequest;
  readonly log: (line: string) => void;
}

function ended(stoppedBy: StoppedBy, { records, handler, request, log }: Ended): RecordedOperations {
  const line = endLine(stoppedBy, records, request);
  if (line !== undefined) log(line);
  const last = records.at(-1);
  if (stoppedBy !== 'slow-operation' || last === undefined) return { records, stoppedBy };
  const input = handler.lastInput?.();
  const slowOperation = {
    iteration: records.length - 1,
    durationMicros: last.durationMicros,
    ...(input !== undefined && { input }),
  };
  return { records, stoppedBy, slowOperation };
}

/** What the log says of an end that is not simply the one that was asked for. */
function endLine(
  stoppedBy: StoppedBy,
  records: readonly OperationRecord[],
  request: ProfileRequest,
): string | undefined {
  const { stop } = request;
  if (stoppedBy === 'full') return stoppedEarly(of(records.length, request));
  if (stoppedBy === 'request') return `Stopped after ${of(records.length, request)}, as asked for.`;
  if (stop?.kind !== 'slower-than') return undefined;
  const slowest = records.reduce((most, { durationMicros }) => Math.max(most, durationMicros), 0);
  if (stoppedBy === 'slow-operation') {
    return `Operation ${count(records.length)} took ${millis(slowest)} ms, longer than ${stop.millis} ms.`;
  }
  return `No operation took longer than ${stop.millis} ms in ${stop.maxSeconds} s; the slowest of ${count(records.length)} took ${millis(slowest)} ms.`;
}

/** How many were recorded, of how many where that was said. */
function of(done: number, { stop, iterations }: ProfileRequest): string {
  if (stop !== undefined && stop.kind !== 'iterations') return counted(done, 'operation');
  return `${count(done)} of ${count(iterations)} operations`;
}

interface Estimated {
  readonly done: number;
  readonly micros: number;
  /** Of the room for a profile, 0 to 1. */
  readonly used: number;
}

function estimate(iterations: number, { done, micros, used }: Estimated): string | undefined {
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

function stoppedEarly(done: string): string {
  return `Stopped after ${done}: the profile is as large as one can be. What was recorded is kept. ${ADVICE}`;
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
