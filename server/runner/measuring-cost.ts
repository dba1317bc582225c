import { createOperationRecorder } from '../handling/recording/operation-recorder.ts';
import { systemClock } from '../lib/clock.ts';
import { BorderClock } from '../profiling/capture/border-clock.ts';
import type { Captured, Collector } from '../profiling/capture/collector.ts';
import { cpuSampleCost, heapSampleCost } from '../profiling/capture/sample-cost.ts';
import type { MeasuringCost } from '../protocol/measuring-cost.ts';

export interface Measured {
  readonly capture: Captured;
  readonly collector: Collector;
  /** Borders of operations and phases while it was recorded. */
  readonly borders: number;
  /** Wall time of all operations. */
  readonly operationMicros: number;
  readonly signal: AbortSignal;
}

/**
 * What recording cost the operations: the samples, borders and marks that there were, each as expensive as it is in this
 * process right behind the recording, on the same machine under the same load. It takes about 100 ms. Not in it: what the
 * profiler does in other threads, and what its interruptions drive out of the processor's caches; the benchmark
 * `profiling --only overhead` measures the whole and prints it beside this estimate.
 */
export async function measuringCost(measured: Measured): Promise<MeasuringCost> {
  const { capture, borders, operationMicros } = measured;
  const parts = {
    samples: await samplesOf(measured),
    borders: { count: borders, microsEach: await borderCost() },
    ...(capture.kind === 'v8-heap' && capture.marks && { marks: capture.marks.cost }),
  };
  const micros = Object.values(parts).reduce((sum, { count, microsEach }) => sum + count * microsEach, 0);
  return { share: operationMicros > 0 ? micros / operationMicros : 0, ...parts };
}

async function samplesOf({ capture, collector, signal }: Measured) {
  if (capture.kind === 'v8-cpu') {
    const microsEach = await cpuSampleCost(collector, signal);
    return { count: capture.cpuProfile.samples?.length ?? 0, microsEach };
  }
  const { samplingIntervalBytes } = capture;
  const microsEach = await heapSampleCost(collector, { samplingIntervalBytes, signal });
  return { count: capture.heapProfile.samples.length, microsEach };
}

const ROUNDS = 9;
const PHASES_PER_ROUND = 200;

/** Microseconds that the beginning or end of a phase takes, as the median of some operations of nothing but phases. */
async function borderCost(): Promise<number> {
  const clock = new BorderClock(systemClock);
  const recorder = createOperationRecorder(clock);
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = clock.borders;
    const { durationMicros } = await recorder.record(
      { handler: 'measuring', kind: 'query', iteration: round },
      async () => {
        for (let phase = 0; phase < PHASES_PER_ROUND; phase++) recorder.startPhase('project')();
        return { outcome: 'answered' };
      },
    );
    costs.push(durationMicros / (clock.borders - before));
  }
  return costs.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}
