import type { CollectorName } from '../../protocol/collector-name.ts';
import type { BorderClock } from './border-clock.ts';
import type { CpuCapture } from './cpu-capture.ts';
import type { HeapCapture, HeapObjects } from './heap-capture.ts';

/** What a collector brings home; grows by one member for each kind of capture. */
export type Captured = CpuCapture | HeapCapture;

export interface CaptureOptions {
  /** Microseconds between two CPU samples. */
  readonly samplingIntervalMicros: number;
  /** Bytes between two heap samples; left out, 4,096. */
  readonly samplingIntervalBytes?: number;
  readonly heapObjects?: HeapObjects;
  /** Told of where phases begin and end, for collectors whose samples have no time. */
  readonly borders?: BorderClock;
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
export interface Capture<Result = Captured> extends AsyncDisposable {
  /** Ends the recording. Rejects with the signal's reason when that came first. Call it once. */
  stop(): Promise<Result>;
}
