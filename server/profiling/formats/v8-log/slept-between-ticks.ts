/** Ticks in order of time. */
export interface TickTimes {
  readonly length: number;
  /** Microseconds. */
  readonly time: Float64Array;
  /** 1 where V8 was idle. */
  readonly idle: ArrayLike<number>;
}

/** Times the usual distance: a tick that comes later is late. */
const LATE = 3;

/** Times the usual distance: what the tick before a sleep stands for, at most. */
const BEFORE_SLEEP = 1.5;

/** Idle samples that are put into one log at most. */
const MOST = 2 ** 20;

/**
 * Where idle ticks belong that V8 could not write, by the tick behind them. On Linux Node.js blocks the profiler's signal
 * while its event loop sleeps (`UV_LOOP_BLOCK_SIGNAL`); the one that is pending then comes as it wakes, and finds V8 idle.
 * So the time before a late idle tick was slept. What another late tick leaves open (the machine was busy elsewhere, native
 * code held the signal up) stays with the tick before.
 *
 * As many as V8 would have written: a stretch of a phase takes its time from the samples in it.
 */
export function sleptBetweenTicks(ticks: TickTimes): (tick: number, add: (micros: number) => void) => void {
  const { time, length } = ticks;
  const distance = usualDistance(ticks);
  const step = Math.max(distance, ((time[length - 1] ?? 0) - (time[0] ?? 0)) / MOST);
  return (tick, add) => {
    const before = time[tick - 1] ?? Number.NaN;
    const until = time[tick] ?? Number.NaN;
    if (ticks.idle[tick] !== 1 || !(step > 0 && until - before > LATE * distance)) return;
    const first = before + BEFORE_SLEEP * distance;
    for (let at = 0; first + at * step < until; at++) add(first + at * step);
  };
}

/** The median, without what may have been slept; where there is nothing else, the shortest. */
function usualDistance({ time, idle, length }: TickTimes): number {
  const awake: number[] = [];
  let shortest = Number.POSITIVE_INFINITY;
  for (let tick = 1; tick < length; tick++) {
    const distance = (time[tick] ?? 0) - (time[tick - 1] ?? 0);
    if (idle[tick] !== 1) awake.push(distance);
    else if (distance > 0) shortest = Math.min(shortest, distance);
  }
  if (awake.length === 0) return shortest;
  return Float64Array.from(awake).sort()[awake.length >> 1] ?? 0;
}
