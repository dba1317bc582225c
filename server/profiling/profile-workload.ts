import type { GcPause } from '../protocol/gc-pause.ts';
import type { OperationTrace } from '../protocol/operation-trace.ts';
import { CATEGORIES, type Profile } from '../protocol/profile/profile.ts';
import type { PhaseTotal } from '../protocol/run.ts';
import type { CpuCapture } from './capture/cpu-capture.ts';
import type { WorkerProfile } from './capture/worker-capture.ts';
import type { CapturedStacks } from './captured-stacks.ts';
import { cpuProfileToStacks } from './formats/cpuprofile/cpuprofile-to-stacks.ts';
import { writeCpuProfile } from './formats/cpuprofile/write-cpuprofile.ts';
import { exactPauses } from './phases/exact-pauses.ts';
import { gcInPauses } from './phases/gc-in-pauses.ts';
import { phaseTotals } from './phases/phase-totals.ts';
import { loadSourceMapping, type TextThatRan } from './sources/source-mapping.ts';
import { stacksToProfile } from './stacks-to-profile.ts';
import { idleSamples, stacksBeside } from './worker-stacks.ts';

export interface WorkloadProfile {
  readonly capture: CpuCapture;
  /** One for each operation of the workload, on the process's monotonic clock; none at the same time as another. */
  readonly traces: readonly OperationTrace[];
  /** Of garbage collection in the main thread, in order of time on the same clock. Absent: V8's samples alone tell of it. */
  readonly gcPauses?: readonly GcPause[];
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
  const { capture, traces, gcPauses, title } = workload;
  const captured = shifted(cpuProfileToStacks(capture.cpuProfile), capture.clockOffsetMicros);
  const stacks = gcPauses === undefined ? captured : gcInPauses(captured, gcPauses, traces);
  const mapping = await mappingOf(stacks, workload);
  const { startedAt, samplingIntervalMicros } = capture;
  const facts = { title, startedAt, samplingIntervalMicros, traces, mapping };
  const workers: WorkerArtifacts[] = [];
  for (const worker of capture.workers)
    workers.push(await workerArtifacts(worker, { workload, main: stacks }));
  return {
    profile: withPauses(stacksToProfile(stacks, facts), workload),
    cpuProfileJson: writeCpuProfile(stacks, facts),
    totals: phaseTotals(traces),
    workers,
  };
}

/** Garbage collection for as long as its pauses; as it was where no sample fell into any of them. */
function withPauses(profile: Profile, { gcPauses = [], traces }: WorkloadProfile): Profile {
  const { nodes, frames, operations, samples } = profile;
  const gc = CATEGORIES.indexOf('gc');
  const node = nodes.frame.findIndex((frame) => frames.category[frame] === gc);
  const first = traces.reduce(
    (least, { startMicros }) => Math.min(least, startMicros),
    Number.POSITIVE_INFINITY,
  );
  if (node < 0 || operations.length === 0) return profile;
  const origin = first - (operations.start[0] ?? 0);
  const pauses = gcPauses.map((pause) => ({ ...pause, startMicros: pause.startMicros - origin }));
  return pauses.length === 0 ? profile : { ...profile, samples: exactPauses(samples, { pauses, node }) };
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
