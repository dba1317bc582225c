import type { OperationTrace } from '../protocol/operation-trace.ts';
import type { Profile } from '../protocol/profile/profile.ts';
import type { PhaseTotal } from '../protocol/run.ts';
import type { CpuCapture } from './capture/cpu-capture.ts';
import type { WorkerProfile } from './capture/worker-capture.ts';
import type { CapturedStacks } from './captured-stacks.ts';
import { cpuProfileToStacks } from './formats/cpuprofile/cpuprofile-to-stacks.ts';
import { writeCpuProfile } from './formats/cpuprofile/write-cpuprofile.ts';
import { phaseTotals } from './phases/phase-totals.ts';
import { loadSourceMapping, type TextThatRan } from './sources/source-mapping.ts';
import { stacksToProfile } from './stacks-to-profile.ts';
import { idleSamples, stacksBeside } from './worker-stacks.ts';

export interface WorkloadProfile {
  readonly capture: CpuCapture;
  /** One for each operation of the workload, on the process's monotonic clock; none at the same time as another. */
  readonly traces: readonly OperationTrace[];
  readonly title: string;
  /** For scripts that ran otherwise than their files stand. */
  readonly textThatRan?: TextThatRan;
  /** Told what could not be mapped to sources, in sentences. */
  readonly log?: (message: string) => void;
}

/** What one worker thread did meanwhile. */
export interface WorkerArtifacts {
  readonly name: string;
  readonly profile: Profile;
  readonly cpuProfileJson: string;
  /** Captured samples, and those of them in which the thread was not idle. */
  readonly samples: number;
  readonly busySamples: number;
}

export interface ProfileArtifacts {
  readonly workers: readonly WorkerArtifacts[];
  /** Of the main thread, ready for `encodeProfile`. */
  readonly profile: Profile;
  /** The text of a `.cpuprofile` for any viewer, which `readCpuProfile` reads back with its phases. */
  readonly cpuProfileJson: string;
  readonly totals: PhaseTotal[];
}

/**
 * Everything that comes of profiling a workload. Reads the scripts that ran and their source maps from the disk.
 * Throws `TraceMismatchError` when the traces do not belong to the capture.
 */
export async function buildProfileArtifacts(workload: WorkloadProfile): Promise<ProfileArtifacts> {
  const { capture, traces, title } = workload;
  const stacks = shifted(cpuProfileToStacks(capture.cpuProfile), capture.clockOffsetMicros);
  const mapping = await mappingOf(stacks, workload);
  const { startedAt, samplingIntervalMicros } = capture;
  const facts = { title, startedAt, samplingIntervalMicros, traces, mapping };
  const workers: WorkerArtifacts[] = [];
  for (const worker of capture.workers)
    workers.push(await workerArtifacts(worker, { workload, main: stacks }));
  return {
    profile: stacksToProfile(stacks, facts),
    cpuProfileJson: writeCpuProfile(stacks, facts),
    totals: phaseTotals(traces),
    workers,
  };
}

async function workerArtifacts(
  { name, cpuProfile }: WorkerProfile,
  { workload, main }: { readonly workload: WorkloadProfile; readonly main: CapturedStacks },
): Promise<WorkerArtifacts> {
  const { capture, traces, title } = workload;
  const own = shifted(cpuProfileToStacks(cpuProfile), capture.clockOffsetMicros);
  const stacks = stacksBeside(own, main);
  const mapping = await mappingOf(own, workload);
  const { startedAt, samplingIntervalMicros } = capture;
  const facts = { title: `${title}, thread ${name}`, startedAt, samplingIntervalMicros, traces, mapping };
  return {
    name,
    profile: stacksToProfile(stacks, { ...facts, isWorker: true }),
    cpuProfileJson: writeCpuProfile(stacks, facts),
    samples: own.samples.length,
    busySamples: own.samples.length - idleSamples(own),
  };
}

function mappingOf({ callFrames }: CapturedStacks, { textThatRan, log }: WorkloadProfile) {
  return loadSourceMapping(callFrames, { ...(textThatRan && { textThatRan }), ...(log && { log }) });
}

/** The stacks on the clock of the traces. */
function shifted(stacks: CapturedStacks, offset: number): CapturedStacks {
  if (offset === 0) return stacks;
  const { samples } = stacks;
  return {
    ...stacks,
    startMicros: stacks.startMicros + offset,
    endMicros: stacks.endMicros + offset,
    samples: { ...samples, time: samples.time.map((time) => time + offset) },
  };
}
