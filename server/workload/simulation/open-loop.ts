import { ArrivalQueue } from './arrival-queue.ts';
import type { Pace } from './pace.ts';

/** Somebody who came, as microseconds of the monotonic clock. */
export interface Arrival {
  /** When they came: latency counts from here, or a slow store would hide how slow it is. */
  readonly arrivedMicros: number;
  /** When somebody had time for them. */
  readonly startedMicros: number;
}

export interface OpenLoopOptions {
  readonly pace: Pace;
  /** Since the start, in order; see `arrivals`. */
  readonly arrivals: Iterator<number>;
  readonly durationMicros: number;
  /** Served at the same time, at most. */
  readonly workers: number;
  /** Serves one; must not reject. What it throws ends the loop: it is a fault of the program. */
  readonly serve: (arrival: Arrival) => Promise<void>;
  /** Whether anybody can be served now; `resume` is to be called when that changes. */
  readonly isOpen: () => boolean;
  /** Told how late this side began to serve somebody for whom there was a free worker. */
  readonly lagged: (micros: number) => void;
}

/** What was left when the time was up. */
export interface Unserved {
  /** How long each had waited by then, in microseconds. */
  readonly waitedMicros: readonly number[];
}

/**
 * Serves people who come when they come, however long the others before them take. Ends when the time is up or the
 * signal is aborted: nobody is begun to be served then, and the loop waits for those who are.
 */
export class OpenLoop {
  readonly #options: OpenLoopOptions;
  readonly #queue = new ArrivalQueue();
  readonly #serving = new Set<Promise<void>>();
  #fault: { readonly cause: unknown } | undefined;
  #isOver = false;

  constructor(options: OpenLoopOptions) {
    this.#options = options;
  }

  /** Those who came and wait. */
  get backlog(): number {
    return this.#queue.length;
  }

  get inFlight(): number {
    return this.#serving.size;
  }

  /** @param ending called when nobody is begun to be served any more */
  async run(signal: AbortSignal, ending: () => void): Promise<Unserved> {
    const { pace, arrivals, durationMicros } = this.#options;
    const start = pace.clock.monotonicMicros();
    const end = start + durationMicros;
    let next = start + nextOf(arrivals);
    while (!signal.aborted && this.#fault === undefined) {
      const now = pace.clock.monotonicMicros();
      for (; next <= now && next < end; next = start + nextOf(arrivals)) this.#queue.add(next);
      this.#serveWaiting(true);
      if (now >= end) break;
      await pace.sleepUntil(Math.min(next, end), signal);
    }
    this.#isOver = true;
    ending();
    const over = pace.clock.monotonicMicros();
    const waitedMicros = this.#queue.takeAll().map((arrived) => over - arrived);
    await Promise.all(this.#serving);
    if (this.#fault !== undefined) throw this.#fault.cause;
    return { waitedMicros };
  }

  /** Those who wait can be served again. */
  resume(): void {
    this.#serveWaiting(false);
  }

  /** @param isOnTime whether they were not kept waiting by anything but this loop */
  #serveWaiting(isOnTime: boolean): void {
    const { pace, workers, isOpen, lagged } = this.#options;
    while (!this.#isOver && this.#fault === undefined && this.#serving.size < workers && isOpen()) {
      const arrivedMicros = this.#queue.take();
      if (arrivedMicros === undefined) return;
      const startedMicros = pace.clock.monotonicMicros();
      if (isOnTime) lagged(startedMicros - arrivedMicros);
      this.#begin({ arrivedMicros, startedMicros });
    }
  }

  #begin(arrival: Arrival): void {
    const served: Promise<void> = this.#serve(arrival).finally(() => {
      this.#serving.delete(served);
      this.#serveWaiting(false);
    });
    this.#serving.add(served);
  }

  async #serve(arrival: Arrival): Promise<void> {
    try {
      await this.#options.serve(arrival);
    } catch (cause) {
      this.#fault ??= { cause };
    }
  }
}

function nextOf(arrivals: Iterator<number>): number {
  const { done, value } = arrivals.next();
  return done === true ? Number.POSITIVE_INFINITY : value;
}
