import { createOperationRecorder } from '../handling/recording/operation-recorder.ts';
import { systemClock } from '../lib/clock.ts';
import { coldMicros } from '../lib/cold-time.ts';
import { BorderClock } from '../profiling/capture/border-clock.ts';
import type { Captured, Collector } from '../profiling/capture/collector.ts';
import { cpuSampleCost, heapSampleCost } from '../profiling/capture/sample-cost.ts';
import { statementCost } from '../profiling/statements/statement-cost.ts';
import type { CostPart, MeasuringCost } from '../protocol/measuring-cost.ts';

export interface Measured {
  readonly capture: Captured;
  readonly collector: Collector;
  readonly operations: number;
  /** Borders of operations and phases while it was recorded, and statements. */
  readonly borders: number;
  readonly statements: number;
  /** Samples that were taken within operations: those between them cost the operations nothing. Left out, all of them. */
  readonly samples?: number;
  /** Wall time of all operations. */
  readonly operationMicros: number;
  readonly signal: AbortSignal;
}

/**
 * What recording cost the operations: the samples, borders, statements and marks that there were, each as expensive as it
 * is in this process right behind the recording, on the same machine under the same load. It takes about 150 ms. Not in
 * it: what the profiler does in other threads, and what its interruptions drive out of the processor's caches; the
 * benchmark `profiling --only overhead` measures the whole and prints it beside this estimate.
 */
export async function measuringCost(measured: Measured): Promise<MeasuringCost> {
  const { capture, operations, operationMicros } = measured;
  const perOperation = measured.borders / Math.max(1, operations);
  const samples = await samplesOf(measured);
  const borders = { count: measured.borders, microsEach: await borderCost(perOperation) };
  const statements = { count: measured.statements, microsEach: await statementCost(systemClock) };
  const marks = capture.kind === 'v8-heap' ? capture.marks?.cost : undefined;
  const shareOf = (...parts: (CostPart | undefined)[]) =>
    operationMicros > 0 ? parts.reduce((sum, part) => sum + microsOf(part), 0) / operationMicros : 0;
  return {
    share: shareOf(samples, marks, borders, statements),
    samplingShare: shareOf(samples, marks),
    phasesShare: shareOf(borders, statements),
    samples,
    borders,
    statements,
    ...(marks && { marks }),
  };
}

function microsOf(part: CostPart | undefined): number {
  return part === undefined ? 0 : part.count * part.microsEach;
}

async function samplesOf({ capture, collector, samples, signal }: Measured) {
  if (capture.kind === 'v8-cpu') {
    const microsEach = await cpuSampleCost(collector, signal);
    return { count: samples ?? capture.cpuProfile.samples?.length ?? 0, microsEach };
  }
  const { samplingIntervalBytes } = capture;
  const microsEach = await heapSampleCost(collector, { samplingIntervalBytes, signal });
  return { count: samples ?? capture.heapProfile.samples.length, microsEach };
}

const TRIALS = 150;
/** Until it is compiled. */
const WARM_UP = 150;
const MOST_PHASES = 500;

/** Microseconds that the beginning or end of a phase takes, as the median of operations with as many as those recorded had. */
async function borderCost(bordersPerOperation: number): Promise<number> {
  const clock = new BorderClock(systemClock);
  const recorder = createOperationRecorder(clock);
  // Two of them are those of the operation.
  const phases = Math.min(MOST_PHASES, Math.max(1, Math.round(bordersPerOperation / 2 - 1)));
  const empty = () => undefined;
  const work = async () => {
    for (let phase = 0; phase < phases; phase++) recorder.phase('project', empty);
    return { outcome: 'answered' } as const;
  };
  const costs: number[] = [];
  for (let trial = -WARM_UP; trial < TRIALS; trial++) {
    const before = clock.borders;
    const operation = { handler: 'measuring', kind: 'query', iteration: trial } as const;
    const micros = await coldMicros(() => recorder.record(operation, work));
    if (trial >= 0) costs.push(micros / (clock.borders - before));
  }
  return costs.sort((a, b) => a - b)[Math.floor(TRIALS / 2)] ?? 0;
}
