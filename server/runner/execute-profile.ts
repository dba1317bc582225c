import type pg from 'pg';
import { createOperationRecorder } from '../handling/recording/operation-recorder.ts';
import { systemClock } from '../lib/clock.ts';
import type { Collector } from '../profiling/capture/collector.ts';
import { collectorNamed } from '../profiling/capture/collectors.ts';
import type { CpuCapture } from '../profiling/capture/cpu-capture.ts';
import { buildProfileArtifacts } from '../profiling/profile-workload.ts';
import type { ProfileRequest, ProfileResult } from '../protocol/run.ts';
import { type ChosenHandler, chooseHandler } from './chosen-handler.ts';
import { type RecordedOperations, recordOperations } from './record-operations.ts';
import type { RunContext } from './run-context.ts';
import { summariseOperations } from './summarise-operations.ts';
import { writeProfileArtifacts } from './write-profile-artifacts.ts';

/**
 * Executes a handler again and again under the CPU profiler and writes what comes of it into the run's folder.
 * @throws InvalidSettingError before anything is executed, when the environment's settings for retries cannot be
 */
export async function executeProfile(
  request: ProfileRequest,
  pool: pg.Pool,
  context: RunContext,
): Promise<ProfileResult> {
  const collector = collectorNamed(request.collector, systemClock);
  const recorder = createOperationRecorder(systemClock);
  await using chosen = await chooseHandler(request, { pool, recorder }, context);
  const { handler, textThatRan } = chosen;
  const { capture, records, stoppedBy, slowOperation } = await record(
    { chosen, collector },
    request,
    context,
  );
  context.progress('Reading the profile', 0, 1);
  // Fewer than asked for when the profile was full before.
  const iterations = records.length;
  const title = `${handler.name}, ${iterations} ${iterations === 1 ? 'operation' : 'operations'}`;
  const { profile, cpuProfileJson, totals } = await buildProfileArtifacts({
    capture,
    traces: records,
    title,
    log: context.log,
    ...(textThatRan && { textThatRan }),
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
    ...summariseOperations(records),
    samples: capture.cpuProfile.samples?.length ?? 0,
    samplingIntervalMicros: request.samplingIntervalMicros,
    sampleDistanceMicros: profile.sampleDistanceMicros,
    nodes: profile.nodes.length,
    phases: totals,
    artifacts: await writeProfileArtifacts(context.order.directory, { profile, cpuProfileJson }),
  };
}

interface Profiled {
  readonly chosen: ChosenHandler;
  readonly collector: Collector;
}

async function record(
  { chosen, collector }: Profiled,
  request: ProfileRequest,
  context: RunContext,
): Promise<RecordedOperations & { readonly capture: CpuCapture }> {
  const { signal, progress } = context;
  const { handler } = chosen;
  await handler.prepare?.(signal, (events) => progress('Reading the library for inputs', events, 0));
  // The first execution compiles functions, opens the connection and fills PostgreSQL's caches: it tells of none of the others.
  progress('Warming up', 0, 0);
  await handler.execute(request.iterations, signal);
  // What the executions go on from is there when the first of them is recorded.
  await chosen.settled();
  const { samplingIntervalMicros } = request;
  await using capture = await collector.start({ samplingIntervalMicros, signal });
  const recorded = await recordOperations(handler, request, context);
  await chosen.settled();
  return { ...recorded, capture: await capture.stop() };
}
