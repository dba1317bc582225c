import type { Profiler } from 'node:inspector';
import type { WorkerProfiles } from './worker-capture.ts';

/** What V8's sampling CPU profiler recorded of this process: of the thread that the collector runs in, and of its workers. */
export interface CpuCapture extends WorkerProfiles {
  readonly kind: 'v8-cpu';
  readonly cpuProfile: Profiler.Profile;
  /** Wall clock of the start, ISO 8601. */
  readonly startedAt: string;
  readonly samplingIntervalMicros: number;
  /** What must be added to V8's time stamps to get the process's monotonic clock. 0 where both are one clock. */
  readonly clockOffsetMicros: number;
}
