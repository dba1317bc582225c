import type { Captured } from '../profiling/capture/collector.ts';
import { buildHeapArtifacts } from '../profiling/heap/heap-artifacts.ts';
import { buildProfileArtifacts } from '../profiling/profile-workload.ts';
import type { TextThatRan } from '../profiling/sources/source-mapping.ts';
import type { OperationTrace } from '../protocol/operation-trace.ts';
import type { Profile } from '../protocol/profile/profile.ts';
import type { ProfileResult } from '../protocol/run.ts';
import { CPU_PROFILE_FILE, HEAP_PROFILE_FILE } from '../protocol/run-files.ts';
import type { RunFile } from './write-run-files.ts';

export interface CapturedWorkload {
  readonly capture: Captured;
  readonly traces: readonly OperationTrace[];
  readonly title: string;
  readonly textThatRan?: TextThatRan;
  readonly log: (message: string) => void;
}

export interface CapturedArtifacts {
  readonly profile: Profile;
  /** The capture in its tools' own format. */
  readonly file: RunFile;
  readonly facts: Pick<
    ProfileResult,
    'samples' | 'nodes' | 'samplingIntervalMicros' | 'sampleDistanceMicros' | 'allocations'
  >;
}

/** What a capture of the runner's own thread becomes. @throws TraceMismatchError */
export async function capturedArtifacts(workload: CapturedWorkload): Promise<CapturedArtifacts> {
  const { capture } = workload;
  switch (capture.kind) {
    case 'v8-cpu': {
      const { profile, cpuProfileJson } = await buildProfileArtifacts({ ...workload, capture });
      const { samplingIntervalMicros, sampleDistanceMicros } = profile;
      return {
        profile,
        file: { name: CPU_PROFILE_FILE, mediaType: 'application/json', data: cpuProfileJson },
        facts: {
          samples: capture.cpuProfile.samples?.length ?? 0,
          nodes: profile.nodes.length,
          samplingIntervalMicros,
          sampleDistanceMicros,
        },
      };
    }
    case 'v8-heap': {
      const { profile, heapProfileJson, allocations } = await buildHeapArtifacts({ ...workload, capture });
      return {
        profile,
        file: { name: HEAP_PROFILE_FILE, mediaType: 'application/json', data: heapProfileJson },
        facts: { samples: profile.samples.length, nodes: profile.nodes.length, allocations },
      };
    }
  }
}
