/** Microseconds on the process's monotonic clock, taken before and after V8 took its own time. */
export interface Bracket {
  readonly before: number;
  readonly after: number;
  /** What V8 noted in between, on its clock. */
  readonly noted: number;
}

/**
 * What must be added to V8's time stamps to get the process's clock: 0 when every note lies in its bracket, as on
 * Linux, where both read CLOCK_MONOTONIC (measured: V8 notes its start 30–80 µs after the call). Where the clocks
 * differ (a Mac that slept counts the sleep on one of them only), the least shift that puts the notes into their
 * brackets.
 */
export function clockOffset(brackets: readonly Bracket[]): number {
  const least = Math.max(...brackets.map(({ before, noted }) => before - noted));
  const most = Math.min(...brackets.map(({ after, noted }) => after - noted));
  const isSameClock = least <= ROUNDING && most >= -ROUNDING;
  return isSameClock ? 0 : least;
}

/** Microseconds: V8 notes whole ones, and the two readings of the process's clock may be some apart. */
const ROUNDING = 50;
