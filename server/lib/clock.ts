/** Where time comes from; injected so that what happened can be repeated. */
export interface Clock {
  /** Wall clock. */
  now(): Date;
  /** Microseconds on a clock that never steps back; only differences mean something. */
  monotonicMicros(): number;
}

// performance.now() is cheap but counts from the process's start; hrtime counts on the clock that V8 stamps its samples with.
const hrtimeAtTimeOrigin = Number(process.hrtime.bigint()) / 1e3 - performance.now() * 1e3;

/** The machine's clock. `monotonicMicros` is on the same clock as the time stamps of V8's CPU profiles. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMicros: () => hrtimeAtTimeOrigin + performance.now() * 1e3,
};
