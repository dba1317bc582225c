import type { Clock } from '../../lib/clock.ts';

/** Told of a moment at which an operation or a phase may begin or end. */
export type BorderListener = (micros: number) => void;

/**
 * The clock of an operation recorder, which reads it exactly where operations and phases begin and end: so its readings
 * are the borders that a collector needs which must know in which phase something was. Without a listener a reading costs
 * one comparison more than that of the clock below.
 */
export class BorderClock implements Clock {
  readonly #clock: Clock;
  #listener: BorderListener | undefined;
  #borders = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Readings so far. */
  get borders(): number {
    return this.#borders;
  }

  now(): Date {
    return this.#clock.now();
  }

  monotonicMicros(): number {
    const micros = this.#clock.monotonicMicros();
    this.#borders++;
    this.#listener?.(micros);
    return micros;
  }

  /** Tells one listener of every border from now on; the returned function ends it. */
  listen(listener: BorderListener): () => void {
    this.#listener = listener;
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }
}
