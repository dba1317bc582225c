import { systemClock } from '../lib/clock.ts';
import type { Capture, CaptureOptions } from '../profiling/capture/collector.ts';
import { watchGc } from '../profiling/capture/gc-watch.ts';
import type { GcPause } from '../protocol/gc-pause.ts';
import type { ProfileRequest } from '../protocol/run.ts';
import type { RunnableHandler } from '../workload/runnable-handler.ts';
import type { ChosenHandler } from './chosen-handler.ts';
import { laterInputs } from './later-inputs.ts';
import type { ProfiledStatements } from './profiled-statements.ts';
import { type RecordedOperations, recordOperations } from './record-operations.ts';
import type { Budget } from './recording-budget.ts';
import type { RunContext } from './run-context.ts';

export interface Workload<Result> {
  readonly chosen: ChosenHandler;
  /** Started when the handler is warm, stopped right behind the last operation. */
  readonly collector: { start(options: CaptureOptions): Promise<Capture<Result>> };
  readonly statements: ProfiledStatements;
  /** What else the collector needs to know, found out when the handler is warm. */
  readonly tune?: (warm: WarmHandler) => Promise<Tuning>;
}

export interface WarmHandler {
  readonly handler: RunnableHandler;
  /** Of an execution that is not recorded: its input is none of the recorded ones. */
  readonly iteration: number;
}

export interface Tuning {
  readonly options: Partial<CaptureOptions>;
  readonly budget?: Budget;
}

export interface RecordedWorkload<Result> extends RecordedOperations {
  readonly capture: Result;
  /** Of this thread, on the clock of the records. */
  readonly gcPauses: readonly GcPause[];
}

/** Warms a handler up and executes it again and again while a collector records. */
export async function recordWorkload<Result>(
  { chosen, collector, statements, tune }: Workload<Result>,
  request: ProfileRequest,
  context: RunContext,
): Promise<RecordedWorkload<Result>> {
  const { signal, progress } = context;
  const { handler } = chosen;
  await handler.prepare?.(signal, (events) => progress('Reading the library for inputs', events, 0));
  // The first execution compiles functions, opens the connection and fills PostgreSQL's caches: it tells of none of the others.
  progress('Warming up', 0, 0);
  const apart = iterationsApart(request);
  await handler.execute(apart.warmUp, signal);
  // What the executions go on from is there when the first of them is recorded.
  await chosen.settled();
  const { options = {}, budget } = (await tune?.({ handler, iteration: apart.trial })) ?? {};
  await chosen.settled();
  const observed = await statements.begin(laterInputs(handler, apart.usedUp));
  const { samplingIntervalMicros } = request;
  await using capture = await collector.start({ samplingIntervalMicros, signal, ...options });
  using gc = watchGc(systemClock);
  const recorded = await recordOperations(observed, request, context, budget ? { budget } : {});
  await chosen.settled();
  // Stopping a capture collects garbage of its own.
  const gcPauses = await gc.stop();
  return { ...recorded, gcPauses, capture: await capture.stop() };
}

/**
 * Which iterations are executed without being recorded: those behind the recorded ones, so that the same request gives
 * the same inputs; where nobody knows how many are recorded, the first ones, and `usedUp` of them are left out then.
 */
function iterationsApart({ stop, iterations }: ProfileRequest) {
  const isCounted = stop === undefined || stop.kind === 'iterations';
  return isCounted
    ? { warmUp: iterations, trial: iterations + 1, usedUp: 0 }
    : { warmUp: 0, trial: 1, usedUp: 2 };
}
