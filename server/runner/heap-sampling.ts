import type { BorderClock } from '../profiling/capture/border-clock.ts';
import type { Collector } from '../profiling/capture/collector.ts';
import {
  type AllocationPace,
  heapIntervalFor,
  MAX_HEAP_SAMPLES,
} from '../profiling/capture/heap-interval.ts';
import { heapToStacks } from '../profiling/heap/heap-to-stacks.ts';
import type { ProfileRequest } from '../protocol/run.ts';
import type { RunnableHandler } from '../workload/runnable-handler.ts';
import type { Budget } from './recording-budget.ts';
import type { RunContext } from './run-context.ts';

export interface HeapSampling {
  readonly samplingIntervalBytes: number;
  readonly budget: Budget;
}

export interface HeapTrial {
  readonly handler: RunnableHandler;
  /** Whose input is none of the recorded ones. */
  readonly iteration: number;
  readonly collector: Collector;
  readonly borders: BorderClock;
}

/**
 * How finely to sample the heap: as asked for, else as one operation says that is executed for it. Also the end of what
 * one recording can hold.
 */
export async function heapSamplingFor(
  trial: HeapTrial,
  request: ProfileRequest,
  { signal }: Pick<RunContext, 'signal'>,
): Promise<HeapSampling> {
  const pace = await paceOf(trial, request, signal);
  const interval = request.samplingIntervalBytes ?? heapIntervalFor(pace);
  const samplesPerOperation = pace.bytesPerOperation / interval + pace.bordersPerOperation;
  return { samplingIntervalBytes: interval, budget: new SampleBudget(samplesPerOperation) };
}

async function paceOf(
  { handler, iteration, collector, borders }: HeapTrial,
  request: ProfileRequest,
  signal: AbortSignal,
): Promise<AllocationPace> {
  const bordersBefore = borders.borders;
  const { samplingIntervalMicros } = request;
  await using capture = await collector.start({ samplingIntervalMicros, signal });
  const { durationMicros } = await handler.execute(iteration, signal);
  const captured = await capture.stop();
  if (captured.kind !== 'v8-heap') throw new TypeError('The collector does not sample the heap');
  return {
    bytesPerOperation: heapToStacks(captured).stacks.endMicros,
    bordersPerOperation: borders.borders - bordersBefore,
    operations: expectedOperations(request, durationMicros),
  };
}

function expectedOperations({ stop, iterations }: ProfileRequest, durationMicros: number): number {
  if (stop === undefined || stop.kind === 'iterations') return iterations;
  const seconds = stop.kind === 'duration' ? stop.seconds : stop.maxSeconds;
  return Math.ceil((seconds * 1e6) / Math.max(1, durationMicros));
}

/** How much of the room for samples is taken, by what one operation was seen to take. */
class SampleBudget implements Budget {
  readonly #samplesPerOperation: number;
  #samples = 0;

  constructor(samplesPerOperation: number) {
    this.#samplesPerOperation = samplesPerOperation;
  }

  add(): void {
    this.#samples += this.#samplesPerOperation;
  }

  get used(): number {
    return this.#samples / MAX_HEAP_SAMPLES;
  }
}
