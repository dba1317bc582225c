/** Where time comes from; injected so that what happened can be repeated. */
export interface Clock {
  /** Wall clock. */
  now(): Date;
  /** Microseconds on a clock that never steps back; only differences mean something. */
  monotonicMicros(): number;
}

// performance.now() is cheap but counts from the process's start; hrtime counts on the clock that V8 stamps its samples with.
const hrtimeAtTimeOrigin = measureOffset();

/** The machine's clock. `monotonicMicros` is on the same clock as the time stamps of V8's CPU profiles. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMicros: () => hrtimeAtTimeOrigin + performance.now() * 1e3,
};

/** The first calls of both clocks take up to a millisecond, so the reading with the least time around it counts. */
function measureOffset(): number {
  let offset = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 10; attempt++) {
    const before = performance.now() * 1e3;
    const hrtime = Number(process.hrtime.bigint()) / 1e3;
    const after = performance.now() * 1e3;
    if (after - before >= least) continue;
    least = after - before;
    offset = hrtime - (before + after) / 2;
  }
  return offset;
}
