import type { Captured } from '../profiling/capture/collector.ts';
import { buildHeapArtifacts } from '../profiling/heap/heap-artifacts.ts';
import { buildProfileArtifacts, type WorkerArtifacts } from '../profiling/profile-workload.ts';
import type { TextThatRan } from '../profiling/sources/source-mapping.ts';
import type { GcPause } from '../protocol/gc-pause.ts';
import type { OperationTrace } from '../protocol/operation-trace.ts';
import type { Profile } from '../protocol/profile/profile.ts';
import type { ProfileResult } from '../protocol/run.ts';
import { CPU_PROFILE_FILE, HEAP_PROFILE_FILE, workerFile } from '../protocol/run-files.ts';
import { profileFile, type RunFile } from './write-run-files.ts';

export interface CapturedWorkload {
  readonly capture: Captured;
  readonly traces: readonly OperationTrace[];
  readonly gcPauses: readonly GcPause[];
  readonly title: string;
  readonly textThatRan?: TextThatRan;
  readonly log: (message: string) => void;
}

export interface CapturedArtifacts {
  readonly profile: Profile;
  /** The capture in its tools' own format, and the profiles of other threads in both. */
  readonly files: readonly RunFile[];
  readonly facts: Pick<
    ProfileResult,
    'samples' | 'nodes' | 'threads' | 'samplingIntervalMicros' | 'sampleDistanceMicros' | 'allocations'
  >;
}

/** What a capture of the runner's own thread becomes. @throws TraceMismatchError */
export async function capturedArtifacts(workload: CapturedWorkload): Promise<CapturedArtifacts> {
  const { capture, log } = workload;
  switch (capture.kind) {
    case 'v8-cpu': {
      for (const name of capture.lost) log(`The worker thread ${name} could not be recorded to its end.`);
      const { profile, cpuProfileJson, workers } = await buildProfileArtifacts({ ...workload, capture });
      const { samplingIntervalMicros, sampleDistanceMicros } = profile;
      return {
        profile,
        files: [json(CPU_PROFILE_FILE, cpuProfileJson), ...workers.flatMap(workerFiles)],
        facts: {
          samples: capture.cpuProfile.samples?.length ?? 0,
          nodes: profile.nodes.length,
          samplingIntervalMicros,
          sampleDistanceMicros,
          ...(workers.length > 0 && { threads: workers.map(threadOf) }),
        },
      };
    }
    case 'v8-heap': {
      const { profile, heapProfileJson, allocations } = await buildHeapArtifacts({ ...workload, capture });
      return {
        profile,
        files: [json(HEAP_PROFILE_FILE, heapProfileJson)],
        facts: { samples: profile.samples.length, nodes: profile.nodes.length, allocations },
      };
    }
  }
}

function workerFiles({ profile, cpuProfileJson }: WorkerArtifacts, index: number): RunFile[] {
  return [
    profileFile(workerFile(index, 'espp'), profile),
    json(workerFile(index, 'cpuprofile'), cpuProfileJson),
  ];
}

function threadOf({ name, samples, busySamples }: WorkerArtifacts, index: number) {
  return { name, samples, busySamples, profile: workerFile(index, 'espp') };
}

function json(name: string, data: string): RunFile {
  return { name, mediaType: 'application/json', data };
}
