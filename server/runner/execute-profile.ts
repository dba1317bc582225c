import type pg from 'pg';
import { createOperationRecorder } from '../handling/recording/operation-recorder.ts';
import { systemClock } from '../lib/clock.ts';
import { BorderClock } from '../profiling/capture/border-clock.ts';
import { collectorNamed } from '../profiling/capture/collectors.ts';
import { cpuSampleTimes } from '../profiling/capture/sample-cost.ts';
import { gcByPhase } from '../profiling/phases/gc-by-phase.ts';
import { phaseTotals } from '../profiling/phases/phase-totals.ts';
import { CATEGORIES, type Profile } from '../protocol/profile/profile.ts';
import type { ProfileRequest, ProfileResult } from '../protocol/run.ts';
import { PROFILE_FILE } from '../protocol/run-files.ts';
import { capturedArtifacts } from './captured-artifacts.ts';
import { chooseHandler } from './chosen-handler.ts';
import { gcPausesFile } from './gc-pauses-file.ts';
import { type HeapTrial, heapSamplingFor } from './heap-sampling.ts';
import { measuringCost } from './measuring-cost.ts';
import { ProfiledStatements } from './profiled-statements.ts';
import { recordWorkload, type Tuning } from './record-workload.ts';
import type { RunContext } from './run-context.ts';
import { summariseOperations } from './summarise-operations.ts';
import { profileFile, writeRunFiles } from './write-run-files.ts';

/**
 * Executes a handler again and again while a collector records this process, and writes what comes of it into the run's folder.
 * @throws InvalidSettingError before anything is executed, when the environment's settings for retries cannot be
 */
export async function executeProfile(
  request: ProfileRequest,
  pool: pg.Pool,
  context: RunContext,
): Promise<ProfileResult> {
  const collector = collectorNamed(request.collector, systemClock);
  const borders = new BorderClock(systemClock);
  const recorder = createOperationRecorder(borders);
  using statements = new ProfiledStatements(pool, context);
  await using chosen = await chooseHandler(request, { pool, recorder }, context);
  const { handler, textThatRan } = chosen;
  let bordersBefore = 0;
  let sampleTimes: readonly number[] = [];
  const { capture, records, gcPauses, stoppedBy, slowOperation } = await recordWorkload(
    {
      chosen,
      collector,
      statements,
      async tune(warm) {
        const tuning = await tuned({ ...warm, collector, borders }, request, context);
        if (collector.name === 'v8-cpu') sampleTimes = await cpuSampleTimes(collector, context.signal);
        bordersBefore = borders.borders;
        return tuning;
      },
    },
    request,
    context,
  );
  const bordersOfRun = borders.borders - bordersBefore;
  context.progress('Reading the profile', 0, 1);
  const observed = await statements.end(records);
  // Fewer than asked for when the profile was full before.
  const iterations = records.length;
  const title = `${handler.name}, ${iterations} ${iterations === 1 ? 'operation' : 'operations'}`;
  const { traces } = observed;
  const { profile, files, facts } = await capturedArtifacts({
    capture,
    traces,
    gcPauses,
    title,
    log: context.log,
    ...(textThatRan && { textThatRan }),
  });
  const gc = gcByPhase(gcPauses, traces);
  const operations = summariseOperations(records);
  const { operationMicros } = operations;
  const { signal } = context;
  const costOfMeasuring = await measuringCost({
    capture,
    collector,
    operations: iterations,
    borders: bordersOfRun,
    statements: observed.executed,
    ...samplesWithin(profile),
    sampleTimes,
    operationMicros,
    signal,
  });
  context.signal.throwIfAborted();
  return {
    kind: 'profile',
    handler: handler.name,
    iterations,
    collector: request.collector,
    stoppedBy,
    ...(slowOperation && { slowOperation }),
    snapshots: request.snapshots,
    ...(request.input && { input: request.input }),
    ...operations,
    ...facts,
    costOfMeasuring,
    gc: gc.report,
    phases: phaseTotals(traces),
    statements: observed.statements,
    artifacts: await writeRunFiles(context.order.directory, [
      ...files,
      profileFile(PROFILE_FILE, profile),
      gcPausesFile(gc.pauses, traces),
    ]),
  };
}

const WAITS: ReadonlySet<number> = new Set([CATEGORIES.indexOf('wait'), CATEGORIES.indexOf('idle')]);

/** Those that interrupted the work of operations; nothing of live objects, which belong to none. */
function samplesWithin({ samples, operations, nodes, frames }: Profile): { samples?: number } {
  if (operations.length === 0) return {};
  let within = 0;
  for (let row = 0; row < samples.length; row++) {
    const category = frames.category[nodes.frame[samples.node[row] ?? 0] ?? 0] ?? 0;
    if (samples.captured[row] === 1 && (samples.operation[row] ?? -1) >= 0 && !WAITS.has(category))
      within += 1;
  }
  return { samples: within };
}

/** A collector of the heap is told of the borders of phases, and how finely to sample. */
async function tuned(trial: HeapTrial, request: ProfileRequest, context: RunContext): Promise<Tuning> {
  if (trial.collector.name !== 'v8-heap') return { options: {} };
  const { samplingIntervalBytes, budget } = await heapSamplingFor(trial, request, context);
  const { borders } = trial;
  const { heapObjects } = request;
  return { options: { samplingIntervalBytes, borders, ...(heapObjects && { heapObjects }) }, budget };
}
