import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../lib/clock.ts';

/** Where a simulation has its time from; a test brings its own. */
export interface Pace {
  readonly clock: Clock;
  /** Resolves at that moment of the monotonic clock or a little later, at once when it is over or the signal is aborted. */
  sleepUntil(micros: number, signal: AbortSignal): Promise<void>;
}

/**
 * The machine's own pace. Timers wake 0.6 ms late on average, 1.1 ms at worst, and cost nothing; waking on time by polling
 * takes 40 % of a core at 1,000 arrivals a second, which on a small machine is the database's core.
 * See docs/decisions/2026-11-21-arrivals-by-timers.md.
 */
export function realPace(clock: Clock): Pace {
  return {
    clock,
    async sleepUntil(micros, signal) {
      const millis = (micros - clock.monotonicMicros()) / 1000;
      if (millis <= 0 || signal.aborted) return;
      try {
        // Node rounds down; a wake before the time would make a turn for nothing.
        await delay(Math.ceil(millis), undefined, { signal });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}
