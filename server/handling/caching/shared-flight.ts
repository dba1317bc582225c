import { OperationCanceledError } from '../../eventstore/errors.ts';

interface OwnSignal {
  readonly signal?: AbortSignal;
}

/**
 * One execution that several callers wait for. A caller whose signal is aborted leaves it to the others; when the last
 * one leaves, the execution itself is aborted.
 */
export class SharedFlight<Answer> {
  readonly answer: Promise<Answer>;
  readonly #controller: AbortController | undefined;
  #waiting = 0;

  /** @param signal of the first caller: one without a signal never leaves, so nobody could abort the execution */
  constructor(execute: (own: OwnSignal) => Promise<Answer>, signal: AbortSignal | undefined) {
    this.#controller = signal && new AbortController();
    this.answer = execute(this.#controller ? { signal: this.#controller.signal } : {});
  }

  /** Whether all who waited have left: whoever joins now would get their cancellation. */
  get isAbandoned(): boolean {
    return this.#controller?.signal.aborted ?? false;
  }

  /** @throws OperationCanceledError when the caller's signal is aborted */
  async join(signal: AbortSignal | undefined): Promise<Answer> {
    this.#waiting += 1;
    if (signal === undefined) return this.answer;
    const left = Promise.withResolvers<never>();
    const leave = () => {
      this.#waiting -= 1;
      // The last one sees the execution to its end, as it would without others: nothing goes on behind its back.
      if (this.#waiting === 0) this.#controller?.abort(signal.reason);
      else left.reject(new OperationCanceledError({ cause: signal.reason }));
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([this.answer, left.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }
}
