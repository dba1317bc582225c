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
  readonly #patience: Patience;
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** Aborted when what is under way has taken too long. */
  get operations(): AbortSignal {
    return this.#operations.signal;
  }

  get lookups(): AbortSignal {
    return this.#lookups.signal;
  }

  /** Nothing new is begun from now on. @param isWanted whether somebody wanted it to stop */
  begin(isWanted: boolean): void {
    const { finishMs, stopMs, lookupMs } = this.#patience;
    const millis = isWanted ? stopMs : finishMs;
    this.#timers.push(setTimeout(() => this.#operations.abort(), millis));
    this.#timers.push(setTimeout(() => this.#lookups.abort(), millis + lookupMs));
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
