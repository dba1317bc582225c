import { describeError } from '../../lib/describe-error.ts';
import { DatabaseGoneError } from './faults.ts';
import type { Pace } from './pace.ts';

/** A time in which the database was gone, in seconds since the start of the watch. */
export interface Outage {
  readonly startSecond: number;
  readonly seconds: number;
}

export interface OutageOptions {
  readonly pace: Pace;
  /** Asks the database for next to nothing; rejects while it is gone. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
  /** After so long the database counts as gone for good. */
  readonly maxSeconds: number;
  /** Aborted when nobody waits for the database any more. */
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

const PROBE_EVERY_MICROS = 250_000;

/**
 * Knows whether the database is there. When an operation failed for want of it, after its retries, nobody else is sent
 * there: one probe at a time finds out when it is back. Meanwhile people keep coming and wait.
 */
export class OutageWatch {
  readonly #options: OutageOptions;
  readonly #startMicros: number;
  readonly #outages: Outage[] = [];
  readonly #ended = Promise.withResolvers<never>();
  #current: Promise<void> | undefined;

  constructor(options: OutageOptions) {
    this.#options = options;
    this.#startMicros = options.pace.clock.monotonicMicros();
    // Whoever needs to know asks for `gone`; for the others it is no fault of theirs.
    this.#ended.promise.catch(() => undefined);
  }

  get isOpen(): boolean {
    return this.#current === undefined;
  }

  /** Rejects with a DatabaseGoneError when the database does not come back in time. */
  get gone(): Promise<never> {
    return this.#ended.promise;
  }

  get outages(): readonly Outage[] {
    return this.#outages;
  }

  /** Somebody could not reach the database. @param reopened called when it is back */
  report(fault: unknown, reopened: () => void): void {
    if (this.#current !== undefined) return;
    this.#current = this.#untilBack(fault).then(() => {
      this.#current = undefined;
      reopened();
    });
    // Told through `gone`; the watch stays closed.
    this.#current.catch((gone: unknown) => this.#ended.reject(gone));
  }

  /** Resolves when the database is there. @throws DatabaseGoneError, or the signal's reason */
  async untilOpen(signal: AbortSignal): Promise<void> {
    if (this.#current === undefined) return;
    const { promise, reject } = Promise.withResolvers<never>();
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      await Promise.race([this.#current, promise]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async #untilBack(fault: unknown): Promise<void> {
    const { pace, maxSeconds, log, signal } = this.#options;
    const since = pace.clock.monotonicMicros();
    const elapsed = () => (pace.clock.monotonicMicros() - since) / 1e6;
    let isTold = false;
    for (let cause = fault; !signal.aborted; ) {
      const failed = await this.#probe();
      if (failed === undefined) break;
      cause = failed.cause;
      if (!isTold) log(`The database is gone: ${describeError(cause).message} Waiting for it to come back.`);
      isTold = true;
      if (elapsed() >= maxSeconds) throw new DatabaseGoneError(maxSeconds, cause);
      await pace.sleepUntil(pace.clock.monotonicMicros() + PROBE_EVERY_MICROS, signal);
    }
    // A single connection that broke, and the next one works: that is what retries are for, and no outage.
    if (!isTold) return;
    const seconds = elapsed();
    this.#outages.push({ startSecond: (since - this.#startMicros) / 1e6, seconds });
    if (!signal.aborted) log(`The database is back after ${seconds.toFixed(1)} s.`);
  }

  /** Undefined when the database answers. */
  async #probe(): Promise<{ readonly cause: unknown } | undefined> {
    try {
      await this.#options.probe(this.#options.signal);
      return undefined;
    } catch (cause) {
      return { cause };
    }
  }
}
