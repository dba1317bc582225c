import type pg from 'pg';
import type { ProfilerError } from '../../lib/profiler-error.ts';
import { OperationCanceledError, QueryTimeoutError } from '../errors.ts';
import type { CallOptions } from '../event-store.ts';
import { validTimeout } from './call-time.ts';
import { requestCancel } from './cancel-request.ts';

// A server that lives answers a cancel request in milliseconds; one that does not would hold the caller forever.
const cancelGraceMs = 500;

// Cut off in a commit, nobody would know what became of it; a slow disk takes seconds for a large one.
const commitGraceMs = 5_000;

/** Work that can be interrupted. */
interface Interruptible {
  /** Asks it to end, which may be too late. */
  readonly stop: (reason: ProfilerError) => Promise<void>;
  /** When asking did not help in time. */
  readonly cutOff: () => void;
}

/**
 * Watches the caller's signal and deadline over one statement or replay, from waiting for a connection to the last row.
 * Dispose it at the end.
 */
export class Interruption {
  readonly #signal: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #graceTimer: NodeJS.Timeout | undefined;
  #graceMs = cancelGraceMs;
  #work: Interruptible | undefined;
  #rejectWaiting: ((reason: ProfilerError) => void) | undefined;
  /** Why the operation was interrupted, once it was. */
  reason: ProfilerError | undefined;

  /** Undefined where nothing can interrupt. @throws as the constructor does */
  static of(options: CallOptions): Interruption | undefined {
    return options.signal || options.timeoutMs !== undefined ? new Interruption(options) : undefined;
  }

  /** @throws OperationCanceledError, QueryTimeoutError when the signal is aborted already, or no time is left */
  constructor({ signal, timeoutMs }: CallOptions) {
    if (signal?.aborted) throw new OperationCanceledError({ cause: signal.reason });
    if (timeoutMs === 0) throw new QueryTimeoutError();
    if (timeoutMs !== undefined) this.#timer = setTimeout(this.#onTimeout, validTimeout(timeoutMs));
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort);
  }

  /** Waits for a connection, but no longer than the caller wants; one that comes too late goes back. */
  async waitFor<Connection extends Disposable>(connection: Promise<Connection>): Promise<Connection> {
    const interrupted = Promise.withResolvers<never>();
    this.#rejectWaiting = interrupted.reject;
    try {
      return await Promise.race([connection, interrupted.promise]);
    } catch (error) {
      if (this.reason) releaseLate(connection);
      throw error;
    } finally {
      this.#rejectWaiting = undefined;
    }
  }

  /** From now on an interruption cancels what this connection does, in the database. */
  cancels(client: pg.Client): void {
    this.ends({ stop: () => requestCancel(client), cutOff: () => client.connection.stream.destroy() });
  }

  /** From now on an interruption stops this, and nothing else. */
  ends(work: Interruptible): void {
    this.#work = work;
  }

  /** From now on an answer is worth waiting for. */
  commits(): void {
    this.#graceMs = commitGraceMs;
  }

  [Symbol.dispose](): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    clearTimeout(this.#timer);
    clearTimeout(this.#graceTimer);
  }

  readonly #onAbort = () => this.#interrupt(new OperationCanceledError({ cause: this.#signal?.reason }));
  readonly #onTimeout = () => this.#interrupt(new QueryTimeoutError());

  #interrupt(reason: ProfilerError): void {
    if (this.reason) return;
    this.reason = reason;
    this.#rejectWaiting?.(reason);
    const work = this.#work;
    if (!work) return;
    this.#graceTimer = setTimeout(work.cutOff, this.#graceMs);
    work.stop(reason).catch(work.cutOff);
  }
}

function releaseLate(connection: Promise<Disposable>): void {
  connection.then(
    (late) => late[Symbol.dispose](),
    // Nobody waits for this connection any more, and the caller has been told why.
    () => undefined,
  );
}
