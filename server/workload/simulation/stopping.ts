import type { Pace } from './pace.ts';

/** How long what is under way may take when a simulation ends. */
export interface Patience {
  /** Before it is broken off, when the time is up and when somebody wants it to stop. */
  readonly finishMs: number;
  readonly stopMs: number;
  /** Then, before nobody looks any more what became of an append whose outcome is not known. */
  readonly lookupMs: number;
}

// Slow queries end within seconds; who presses Ctrl+C does not want to wait for them.
export const PATIENCE: Patience = { finishMs: 10_000, stopMs: 200, lookupMs: 2_000 };

/**
 * The end of one stretch of a simulation: what is under way gets a little time, then it is broken off. Broken off, it
 * still has an outcome.
 */
export class Stopping implements Disposable {
  readonly #operations = new AbortController();
  readonly #lookups = new AbortController();
  readonly #over = new AbortController();
  readonly #patience: Patience;
  readonly #pace: Pace;

  constructor(patience: Patience, pace: Pace) {
    this.#patience = patience;
    this.#pace = pace;
  }

  /** Aborted when what is under way has taken too long. */
  get operations(): AbortSignal {
    return this.#operations.signal;
  }

  get lookups(): AbortSignal {
    return this.#lookups.signal;
  }

  /** Nothing new is begun from now on. Called once more, the shorter time counts. @param isUrgent whether somebody waits */
  begin(isUrgent: boolean): void {
    const { finishMs, stopMs, lookupMs } = this.#patience;
    const millis = isUrgent ? stopMs : finishMs;
    void this.#abortAfter(millis, this.#operations);
    void this.#abortAfter(millis + lookupMs, this.#lookups);
  }

  [Symbol.dispose](): void {
    this.#over.abort();
  }

  async #abortAfter(millis: number, controller: AbortController): Promise<void> {
    const { signal } = this.#over;
    await this.#pace.sleepUntil(this.#pace.clock.monotonicMicros() + millis * 1000, signal);
    if (!signal.aborted) controller.abort();
  }
}
