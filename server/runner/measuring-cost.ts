import { createOperationRecorder } from '../handling/recording/operation-recorder.ts';
import { systemClock } from '../lib/clock.ts';
import { coldMicros } from '../lib/cold-time.ts';
import { type Quartiles, quartiles } from '../lib/quartiles.ts';
import { BorderClock } from '../profiling/capture/border-clock.ts';
import type { Captured, Collector } from '../profiling/capture/collector.ts';
import { cpuSampleTimes, heapSampleTimes } from '../profiling/capture/sample-cost.ts';
import { workingSamples } from '../profiling/capture/working-samples.ts';
import { statementCost } from '../profiling/statements/statement-cost.ts';
import { COST_NOTE } from '../protocol/cost-note.ts';
import type { CostPart, MeasuringCost } from '../protocol/measuring-cost.ts';

export interface Measured {
  readonly capture: Captured;
  readonly collector: Collector;
  readonly operations: number;
  /** Borders of operations and phases while it was recorded, and statements. */
  readonly borders: number;
  readonly statements: number;
  /** Samples that interrupted the work of operations. Left out: all that interrupted work. */
  readonly samples?: number;
  /** What CPU samples took before the recording, in microseconds. */
  readonly sampleTimes?: readonly number[];
  /** Wall time of all operations. */
  readonly operationMicros: number;
  readonly signal: AbortSignal;
}

/**
 * What recording cost the operations: the samples, borders, statements and marks that there were, each as expensive as it
 * is in this process right behind the recording, and CPU samples also before it, on the same machine under the same load. It takes about
 * 150 ms. Not in it: what the profiler does in other threads, what its interruptions drive out of the processor's
 * caches, and promises that carry an asynchronous context; the benchmark `profiling --only overhead` measures the whole and prints it
 * beside this estimate.
 */
export async function measuringCost(measured: Measured): Promise<MeasuringCost> {
  const { capture, operations, operationMicros } = measured;
  const perOperation = measured.borders / Math.max(1, operations);
  const samples = await samplesOf(measured);
  const borders = part(measured.borders, await borderCost(perOperation));
  const statements = part(measured.statements, await statementCost(systemClock));
  const marks = capture.kind === 'v8-heap' ? capture.marks?.cost : undefined;
  const sampling = shareOf(operationMicros, [samples, marks]);
  const phases = shareOf(operationMicros, [borders, statements]);
  return {
    share: sampling.share + phases.share,
    shareRange: {
      least: sampling.range.least + phases.range.least,
      most: sampling.range.most + phases.range.most,
    },
    samplingShare: sampling.share,
    samplingRange: sampling.range,
    phasesShare: phases.share,
    phasesRange: phases.range,
    note: COST_NOTE,
    samples,
    borders,
    statements,
    ...(marks && { marks }),
  };
}

function part(count: number, { first, median, third }: Quartiles): CostPart {
  return { count, microsEach: median, microsRange: { least: first, most: third } };
}

function shareOf(operationMicros: number, parts: readonly (CostPart | undefined)[]) {
  const sum = (each: (of: CostPart) => number) =>
    operationMicros > 0
      ? parts.reduce((micros, of) => micros + (of ? of.count * each(of) : 0), 0) / operationMicros
      : 0;
  const least = sum(({ microsEach, microsRange }) => microsRange?.least ?? microsEach);
  const most = sum(({ microsEach, microsRange }) => microsRange?.most ?? microsEach);
  return { share: sum(({ microsEach }) => microsEach), range: { least, most } };
}

async function samplesOf({ capture, collector, samples, sampleTimes = [], signal }: Measured) {
  if (capture.kind === 'v8-cpu') {
    const times = [...sampleTimes, ...(await cpuSampleTimes(collector, signal))];
    return part(samples ?? workingSamples(capture.cpuProfile), quartiles(times));
  }
  const { samplingIntervalBytes } = capture;
  const times = await heapSampleTimes(collector, { samplingIntervalBytes, signal });
  return part(samples ?? capture.heapProfile.samples.length, quartiles(times));
}

const TRIALS = 150;
/** Until it is compiled. */
const WARM_UP = 150;
const MOST_PHASES = 500;

/** Microseconds that the beginning or end of a phase takes, in operations with as many as those recorded had. */
async function borderCost(bordersPerOperation: number): Promise<Quartiles> {
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
  return quartiles(costs);
}
