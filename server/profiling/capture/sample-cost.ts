import type { Capture, CaptureOptions, Collector } from './collector.ts';

/** As deep as the stacks of handlers are: V8 walks the stack for each sample. */
const DEPTH = 25;

const CPU_TRIAL_MS = 30;
const CPU_TRIAL_INTERVAL = 200;

const HEAP_TRIALS = 5;
const HEAP_TRIAL_BYTES = 2 * 1024 * 1024;

// An interruption longer than this is the machine's, not the profiler's.
const LONGEST_MICROS = 250;

/**
 * Microseconds that samples take from the thread that is sampled, measured in this process: a loop under V8's CPU
 * profiler that does nothing but read the clock is interrupted once for each sample, so these are as many of its longest
 * interruptions as there were samples. What the profiler does in its own thread is not in it. They vary with the load
 * of the machine: medians from 3 to 63 µs were seen.
 */
export async function cpuSampleTimes(collector: Collector, signal?: AbortSignal): Promise<number[]> {
  const options = { samplingIntervalMicros: CPU_TRIAL_INTERVAL, ...(signal && { signal }) };
  await using capture = await collector.start(options);
  const gaps = atDepth(DEPTH, () => interruptions(CPU_TRIAL_MS));
  const captured = await capture.stop();
  if (captured.kind !== 'v8-cpu') throw new TypeError('The collector does not sample the CPU');
  const samples = captured.cpuProfile.samples?.length ?? 0;
  return gaps.sort((a, b) => b - a).slice(0, Math.max(1, samples));
}

/** Lengths of the stretches between two readings of the clock, in microseconds, as far as something else ran in them. */
function interruptions(milliseconds: number): number[] {
  const gaps: number[] = [];
  let last = performance.now();
  const end = last + milliseconds;
  while (last < end) {
    const now = performance.now();
    const gap = (now - last) * 1e3;
    if (gap > 1 && gap < LONGEST_MICROS) gaps.push(gap);
    last = now;
  }
  return gaps;
}

/**
 * Microseconds that one sample of the heap takes, some times: how much longer the same allocations take with the sampler
 * than without, by turns, for each sample.
 */
export async function heapSampleTimes(
  collector: Collector,
  options: Pick<CaptureOptions, 'samplingIntervalBytes' | 'signal'>,
): Promise<number[]> {
  const costs: number[] = [];
  for (let trial = 0; trial < HEAP_TRIALS; trial++) {
    const without = allocationMicros();
    await using capture = await startHeap(collector, options);
    const sampled = allocationMicros();
    const captured = await capture.stop();
    if (captured.kind !== 'v8-heap') throw new TypeError('The collector does not sample the heap');
    costs.push(Math.max(0, sampled - without) / Math.max(1, captured.heapProfile.samples.length));
  }
  return costs;
}

function startHeap(
  collector: Collector,
  options: Pick<CaptureOptions, 'samplingIntervalBytes' | 'signal'>,
): Promise<Capture> {
  return collector.start({ samplingIntervalMicros: CPU_TRIAL_INTERVAL, ...options });
}

let kept: unknown;

function allocationMicros(): number {
  const start = performance.now();
  atDepth(DEPTH, () => {
    // 48 bytes: a head and three fields.
    for (let made = 0; made < HEAP_TRIAL_BYTES; made += 48) kept = { made, kept: made + 1, of: made + 2 };
  });
  void kept;
  return (performance.now() - start) * 1e3;
}

function atDepth<T>(depth: number, work: () => T): T {
  return depth === 0 ? work() : atDepth(depth - 1, work);
}
