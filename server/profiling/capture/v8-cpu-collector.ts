import type { Session } from 'node:inspector/promises';
import type { Clock } from '../../lib/clock.ts';
import { clockOffset } from './clock-offset.ts';
import type { Capture, CaptureOptions, Collector } from './collector.ts';
import type { CpuCapture } from './cpu-capture.ts';
import { openSession } from './open-session.ts';
import { WorkerCapture } from './worker-capture.ts';

/**
 * V8's sampling CPU profiler in this process. Starting takes 10–25 ms (V8 lists every compiled function), so
 * start it before the workload and stop it right behind; in between it costs one signal per sample. Worker threads are
 * recorded beside the main thread, see `WorkerCapture`.
 */
export function v8CpuCollector(clock: Clock): Collector<CpuCapture> {
  return { name: 'v8-cpu', start: (options) => startCapture(clock, options) };
}

async function startCapture(clock: Clock, options: CaptureOptions): Promise<Capture<CpuCapture>> {
  options.signal?.throwIfAborted();
  const session = openSession();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: options.samplingIntervalMicros });
    const startedAt = clock.now().toISOString();
    const before = clock.monotonicMicros();
    await session.post('Profiler.start');
    const start = { startedAt, before, after: clock.monotonicMicros() };
    const workers = await WorkerCapture.start(session, options.samplingIntervalMicros);
    options.signal?.throwIfAborted();
    return new V8CpuCapture(session, { clock, options, start, workers });
  } catch (error) {
    session.disconnect();
    throw error;
  }
}

interface CaptureContext {
  readonly clock: Clock;
  readonly options: CaptureOptions;
  readonly workers: WorkerCapture;
  readonly start: { readonly startedAt: string; readonly before: number; readonly after: number };
}

class V8CpuCapture implements Capture<CpuCapture> {
  readonly #session: Session;
  readonly #context: CaptureContext;
  readonly #onAbort = () => this.#session.disconnect();

  constructor(session: Session, context: CaptureContext) {
    this.#session = session;
    this.#context = context;
    context.options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async stop(): Promise<CpuCapture> {
    const { clock, options, start, workers } = this.#context;
    options.signal?.throwIfAborted();
    const before = clock.monotonicMicros();
    try {
      const { profile } = await this.#session.post('Profiler.stop');
      const after = clock.monotonicMicros();
      return {
        kind: 'v8-cpu',
        cpuProfile: profile,
        startedAt: start.startedAt,
        samplingIntervalMicros: options.samplingIntervalMicros,
        ...(await workers.stop()),
        clockOffsetMicros: clockOffset([
          { before: start.before, after: start.after, noted: profile.startTime },
          { before, after, noted: profile.endTime },
        ]),
      };
    } finally {
      this.#end();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
  }

  /** Disconnecting ends V8's sampling, also of a capture that was not stopped; doing it twice has no effect. */
  #end(): void {
    this.#context.options.signal?.removeEventListener('abort', this.#onAbort);
    this.#session.disconnect();
  }
}
