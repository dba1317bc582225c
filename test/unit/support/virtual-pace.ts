import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Pace } from '../../../server/workload/simulation/pace.ts';
import { ManualClock } from './manual-clock.ts';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** Time that passes as fast as the program can: when everybody sleeps, it is the time of the one who wakes first. */
export class VirtualPace implements Pace {
  readonly clock = new ManualClock();
  readonly #sleepers = new Set<Sleeper>();

  async sleepUntil(micros: number, signal?: AbortSignal): Promise<void> {
    if (micros <= this.clock.monotonicMicros() || signal?.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = { until: micros, wake: resolve };
    this.#sleepers.add(sleeper);
    const wake = () => resolve();
    signal?.addEventListener('abort', wake, { once: true });
    await promise;
    signal?.removeEventListener('abort', wake);
    this.#sleepers.delete(sleeper);
  }

  sleep(micros: number): Promise<void> {
    return this.sleepUntil(this.clock.monotonicMicros() + micros);
  }

  /** Lets time pass until the work is done. */
  async through<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const end = () => {
      isDone = true;
    };
    work.then(end, end);
    while (!isDone) {
      await nextTurn();
      const [first] = [...this.#sleepers].toSorted((a, b) => a.until - b.until);
      if (isDone || first === undefined) continue;
      this.clock.advance(Math.max(0, first.until - this.clock.monotonicMicros()));
      first.wake();
    }
    return await work;
  }
}
