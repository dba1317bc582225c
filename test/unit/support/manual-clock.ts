import type { Clock } from '../../../server/lib/clock.ts';

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #micros = 0;

  now(): Date {
    return new Date(this.#micros / 1e3);
  }

  monotonicMicros(): number {
    return this.#micros;
  }

  advance(micros: number): void {
    this.#micros += micros;
  }
}
