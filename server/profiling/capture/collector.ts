import type { CollectorName } from '../../protocol/collector-name.ts';
import type { CpuCapture } from './cpu-capture.ts';

/** What a collector brings home; grows by one member for each kind of capture. */
type Captured = CpuCapture;

export interface CaptureOptions {
  /** Microseconds between two samples. */
  readonly samplingIntervalMicros: number;
  /** Ends the capture early; what it had recorded is dropped. */
  readonly signal?: AbortSignal;
}

/** One way to record a workload. */
export interface Collector<Result extends Captured = Captured> {
  readonly name: CollectorName;
  /**
   * Resolves once recording has begun. Rejects with the signal's reason when it is aborted before that,
   * and with a `ProfilerError` when this process cannot be recorded.
   */
  start(options: CaptureOptions): Promise<Capture<Result>>;
}

/** A recording in progress. Disposing of one that was not stopped drops it. */
export interface Capture<Result extends Captured = Captured> extends AsyncDisposable {
  /** Ends the recording. Rejects with the signal's reason when that came first. Call it once. */
  stop(): Promise<Result>;
}
