/** Why an execution was given up from outside. */
export type GuardFault = { readonly kind: 'timeout' } | { readonly kind: 'stray'; readonly thrown: unknown };

const TICK_MS = 100;

/**
 * Watches over executions one after another: one that takes too long, or whose code fails where nobody waits for it,
 * is given up. One timer for all of them, because a timer for each would show in the profile of a quick handler.
 */
export class ExecutionGuard implements Disposable {
  readonly #limitMs: number;
  readonly #faultOf: (fault: GuardFault) => Error;
  readonly #timer: NodeJS.Timeout;
  readonly #onStray = (thrown: unknown) => this.#giveUp({ kind: 'stray', thrown });
  #startedAt = 0;
  #reject: ((reason: Error) => void) | undefined;
  /** Came between two executions. */
  #waiting: Error | undefined;

  constructor(limitMs: number, faultOf: (fault: GuardFault) => Error) {
    this.#limitMs = limitMs;
    this.#faultOf = faultOf;
    this.#timer = setInterval(() => this.#look(), Math.min(TICK_MS, limitMs));
    this.#timer.unref();
    process.on('uncaughtException', this.#onStray);
    process.on('unhandledRejection', this.#onStray);
  }

  /** @throws what the work throws, or the fault for which it was given up */
  run<T>(work: () => T | PromiseLike<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#waiting) return reject(this.#waiting);
      this.#reject = reject;
      this.#startedAt = performance.now();
      // Inside of the executor a fault of synchronous work rejects as well.
      Promise.resolve(work()).then(resolve, reject);
    }).finally(() => {
      this.#reject = undefined;
    });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    process.off('uncaughtException', this.#onStray);
    process.off('unhandledRejection', this.#onStray);
  }

  #look(): void {
    if (this.#reject && performance.now() - this.#startedAt > this.#limitMs)
      this.#giveUp({ kind: 'timeout' });
  }

  #giveUp(fault: GuardFault): void {
    const error = this.#faultOf(fault);
    if (this.#reject) this.#reject(error);
    else this.#waiting ??= error;
  }
}
