import type { Capture, CaptureOptions } from '../profiling/capture/collector.ts';
import type { ProfileRequest } from '../protocol/run.ts';
import type { ChosenHandler } from './chosen-handler.ts';
import type { ProfiledStatements } from './profiled-statements.ts';
import { type RecordedOperations, recordOperations } from './record-operations.ts';
import type { RunContext } from './run-context.ts';

export interface Workload<Result> {
  readonly chosen: ChosenHandler;
  /** Started when the handler is warm, stopped right behind the last operation. */
  readonly collector: { start(options: CaptureOptions): Promise<Capture<Result>> };
  readonly statements: ProfiledStatements;
}

/** Warms a handler up and executes it again and again while a collector records. */
export async function recordWorkload<Result>(
  { chosen, collector, statements }: Workload<Result>,
  request: ProfileRequest,
  context: RunContext,
): Promise<RecordedOperations & { readonly capture: Result }> {
  const { signal, progress } = context;
  const { handler } = chosen;
  await handler.prepare?.(signal, (events) => progress('Reading the library for inputs', events, 0));
  // The first execution compiles functions, opens the connection and fills PostgreSQL's caches: it tells of none of the others.
  progress('Warming up', 0, 0);
  await handler.execute(request.iterations, signal);
  // What the executions go on from is there when the first of them is recorded.
  await chosen.settled();
  const observed = await statements.begin(handler);
  const { samplingIntervalMicros } = request;
  await using capture = await collector.start({ samplingIntervalMicros, signal });
  const recorded = await recordOperations(observed, request, context);
  await chosen.settled();
  return { ...recorded, capture: await capture.stop() };
}
