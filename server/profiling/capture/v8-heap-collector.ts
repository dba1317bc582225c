import type { Session } from 'node:inspector/promises';
import { getHeapStatistics } from 'node:v8';
import type { Clock } from '../../lib/clock.ts';
import { AllocationMarks } from './allocation-marks.ts';
import type { Capture, CaptureOptions, Collector } from './collector.ts';
import type { HeapCapture, SampledHeap } from './heap-capture.ts';
import { openSession } from './open-session.ts';
import { OutsideHeapWatch } from './outside-heap.ts';

/** Where nothing is said: a sample of 5 to 10 µs for some hundred objects. */
const DEFAULT_HEAP_INTERVAL = 4096;

/**
 * V8's sampling heap profiler in this thread. Of all allocations, also of what was collected long before the end, it
 * takes a sample each so many bytes on average; with `borders` it leaves marks at them (`AllocationMarks`), by which the
 * samples find their phases. Of `live` objects it keeps those that are reachable at the end: no marks, no phases.
 *
 * Starting and stopping collects garbage, so that the heap in use before and after can be compared. V8 does not see
 * through inlining here: what an inlined function allocates counts as its caller's.
 */
export function v8HeapCollector(clock: Clock): Collector<HeapCapture> {
  return { name: 'v8-heap', start: (options) => startCapture(clock, options) };
}

async function startCapture(clock: Clock, options: CaptureOptions): Promise<Capture<HeapCapture>> {
  options.signal?.throwIfAborted();
  const samplingIntervalBytes = options.samplingIntervalBytes ?? DEFAULT_HEAP_INTERVAL;
  const objects = options.heapObjects ?? 'allocated';
  const session = openSession();
  try {
    await session.post('HeapProfiler.enable');
    await collectGarbage(session);
    await collectGarbage(session);
    const usedBefore = getHeapStatistics().used_heap_size;
    const outside = new OutsideHeapWatch();
    const startedAt = clock.now().toISOString();
    const all = objects === 'allocated';
    await session.post('HeapProfiler.startSampling', {
      samplingInterval: samplingIntervalBytes,
      includeObjectsCollectedByMajorGC: all,
      includeObjectsCollectedByMinorGC: all,
    });
    options.signal?.throwIfAborted();
    const facts = { objects, samplingIntervalBytes, startedAt, usedBefore };
    const marks = all && options.borders ? new AllocationMarks(samplingIntervalBytes) : undefined;
    return new V8HeapCapture(session, facts, { ...options, marks, outside });
  } catch (error) {
    session.disconnect();
    throw error;
  }
}

type Facts = Pick<HeapCapture, 'objects' | 'samplingIntervalBytes' | 'startedAt' | 'usedBefore'>;

/** What Buffers held whose objects are gone is counted as free only when the next collection begins: so twice. */
async function collectGarbage(session: Session): Promise<void> {
  await session.post('HeapProfiler.collectGarbage');
}

interface Watched {
  readonly marks: AllocationMarks | undefined;
  readonly outside: OutsideHeapWatch;
}

class V8HeapCapture implements Capture<HeapCapture> {
  readonly #session: Session;
  readonly #facts: Facts;
  readonly #marks: AllocationMarks | undefined;
  readonly #outside: OutsideHeapWatch;
  readonly #signal: AbortSignal | undefined;
  readonly #endMarking: () => void;
  readonly #onAbort = () => this.#end();

  constructor(session: Session, facts: Facts, { marks, outside, borders, signal }: CaptureOptions & Watched) {
    this.#session = session;
    this.#facts = facts;
    this.#marks = marks;
    this.#signal = signal;
    this.#outside = outside;
    const onBorder = (micros: number) => {
      outside.look(micros);
      marks?.mark(micros);
    };
    this.#endMarking = borders?.listen(onBorder) ?? (() => undefined);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async stop(): Promise<HeapCapture> {
    this.#signal?.throwIfAborted();
    this.#endMarking();
    try {
      // It collects garbage first, so that of live objects only those are left.
      const { profile } = await this.#session.post('HeapProfiler.stopSampling');
      await collectGarbage(this.#session);
      const marks = this.#marks && { marks: this.#marks };
      const usedAfter = getHeapStatistics().used_heap_size;
      return {
        kind: 'v8-heap',
        ...this.#facts,
        ...marks,
        heapProfile: profile as unknown as SampledHeap,
        usedAfter,
        outside: this.#outside.end(),
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
    this.#endMarking();
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#session.disconnect();
  }
}
