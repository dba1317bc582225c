import pg from 'pg';
import { valueTypes } from '../../../../server/database/value-types.ts';
import { openPostgresEventStore } from '../../../../server/eventstore/postgres/open-event-store.ts';
import type { OperationRecord } from '../../../../server/handling/recording/operation-record.ts';
import { createOperationRecorder } from '../../../../server/handling/recording/operation-recorder.ts';
import { systemClock } from '../../../../server/lib/clock.ts';
import { BorderClock } from '../../../../server/profiling/capture/border-clock.ts';
import { watchGc } from '../../../../server/profiling/capture/gc-watch.ts';
import { v8CpuCollector } from '../../../../server/profiling/capture/v8-cpu-collector.ts';
import { StatementRecorder } from '../../../../server/profiling/statements/statement-recorder.ts';
import type { MeasuringCost } from '../../../../server/protocol/measuring-cost.ts';
import { measuringCost } from '../../../../server/runner/measuring-cost.ts';
import type { MakeRequest } from '../../../../server/workload/simulation/library-desk.ts';
import { unobserved } from '../unobserved.ts';
import { ClosedLibrary } from './closed-library.ts';
import { type Slice, spentBy } from './slice.ts';

/** One way to let the library live, with what it takes. */
export interface Measured extends AsyncDisposable {
  readonly library: ClosedLibrary;
  /** Serves so many people while it is measured. @param isEstimated whether a run's own estimate is wanted of it, where there is one */
  slice(operations: number, isEstimated: boolean): Promise<Slice>;
}

export interface WayOptions {
  readonly url: string;
  readonly seed: number;
  readonly samplingIntervalMicros: number;
}

const collector = v8CpuCollector(systemClock);

/** Nothing is recorded, and nothing is told to anybody. */
export async function bareWay(options: WayOptions): Promise<Measured> {
  const { library, stack } = await openLibrary(options);
  const slice = (operations: number) => spentBy(() => library.serve(operations), operations);
  return { library, slice, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The same under a CPU profile. Its beginning and end are outside of what is measured, as they are outside of a run's operations. */
export async function cpuWay(options: WayOptions): Promise<Measured> {
  const { library, slice: bareSlice, ...rest } = await bareWay(options);
  async function slice(operations: number): Promise<Slice> {
    await using capture = await collector.start(options);
    const spent = await bareSlice(operations, false);
    await capture.stop();
    return spent;
  }
  return { ...rest, library, slice };
}

/** All that a profile run records of its operations: CPU samples, phases, SQL statements and pauses of garbage collection. */
export async function phasesWay(options: WayOptions): Promise<Measured> {
  const borders = new BorderClock(systemClock);
  const recorder = createOperationRecorder(borders);
  const statements = new StatementRecorder(systemClock, pg);
  const records: OperationRecord[] = [];
  let operation = 0;
  const request: MakeRequest = (make, signal) =>
    statements.ofOperation(operation++, async () => {
      const answer = await make(signal);
      // A run keeps them all.
      records.push(recordOf(answer));
      return answer;
    });
  const { library, stack } = await openLibrary(options, { recorder, request });
  stack.use(statements);
  async function slice(operations: number, isEstimated: boolean): Promise<Slice> {
    records.length = 0;
    await using capture = await collector.start(options);
    using gc = watchGc(systemClock);
    const before = borders.borders;
    const executedBefore = statements.recorded.executions.length;
    const spent = await spentBy(() => library.serve(operations), operations);
    const crossed = borders.borders - before;
    await gc.stop();
    const captured = await capture.stop();
    if (!isEstimated) return spent;
    const told = await measuringCost({
      capture: captured,
      collector,
      operations,
      borders: crossed,
      statements: statements.recorded.executions.length - executedBefore,
      operationMicros: 1e6,
      signal: new AbortController().signal,
    });
    return { ...spent, estimated: estimatedOf(told, operations) };
  }
  return { library, slice, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function estimatedOf(told: MeasuringCost, operations: number): NonNullable<Slice['estimated']> {
  // Of a second: see above.
  const micros = (share = 0) => (share * 1e6) / operations;
  return { cpu: micros(told.samplingShare), phases: micros(told.phasesShare) };
}

function recordOf(answer: unknown): OperationRecord {
  if (typeof answer === 'object' && answer !== null && 'record' in answer) {
    return answer.record as OperationRecord;
  }
  throw new TypeError('An answer without a record was not observed');
}

async function openLibrary(
  { url, seed }: WayOptions,
  recording?: Pick<Parameters<typeof ClosedLibrary.open>[0], 'recorder' | 'request'>,
) {
  await using opening = new AsyncDisposableStack();
  const settings = { connectionString: url, application_name: 'benchmark', types: valueTypes, max: 10 };
  const pool = opening.adopt(new pg.Pool({ ...settings, idleTimeoutMillis: 0 }), (opened) => opened.end());
  const instrumentation = recording && { recorder: recording.recorder };
  const store = opening.adopt(
    await openPostgresEventStore({ primary: pool, ...(instrumentation && { instrumentation }) }),
    (opened) => opened.close(),
  );
  const library = opening.use(await ClosedLibrary.open({ store, seed, recorder: unobserved, ...recording }));
  return { library, stack: opening.move() };
}
