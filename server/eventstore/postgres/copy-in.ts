import type { Connection, Submittable } from 'pg';

/** What of pg's connection feeds COPY, and is left out of its types. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/**
 * `COPY … FROM STDIN`: a query for `client.query` that is fed chunk by chunk. As fast as pg-copy-streams, which as a stream
 * can neither tell a fault while its feeder waits for something else nor end before the feeder does.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY
 */
export class CopyIn implements Submittable {
  readonly #sql: string;
  readonly #isReady = Promise.withResolvers<void>();
  readonly #isFinished = Promise.withResolvers<void>();
  #connection: CopyConnection | undefined;
  #fault: { readonly error: unknown } | undefined;
  #rejectWaiting: ((error: unknown) => void) | undefined;
  /** pg puts its `query_timeout` here: called when the query is over, it stands that down. */
  callback: ((error: unknown) => void) | undefined;

  constructor(sql: string) {
    this.#sql = sql;
    // Told to whoever waits at that moment, or next.
    this.#isReady.promise.catch(() => undefined);
    this.#isFinished.promise.catch(() => undefined);
  }

  /** Sends a chunk when the ones before have left, so that memory holds no more than two. */
  async send(chunk: Buffer): Promise<void> {
    const connection = await this.#room();
    connection.sendCopyFromChunk(chunk);
  }

  /** Resolves when the database has stored everything. */
  async end(): Promise<void> {
    const connection = await this.#room();
    connection.endCopyFrom();
    await this.#isFinished.promise;
  }

  /** Has the database give up what it got; resolves when it has. */
  async abandon(reason: string): Promise<void> {
    if (this.#fault === undefined) this.#connection?.sendCopyFail(reason);
    await this.#isFinished.promise.catch(() => undefined);
  }

  /** Waits for something else, but no longer than until the database reports a fault. */
  async unlessItFails<T>(other: Promise<T>): Promise<T> {
    if (this.#fault) throw this.#fault.error;
    const outcome = Promise.withResolvers<T>();
    this.#rejectWaiting = outcome.reject;
    // Not Promise.race: with a promise that lives as long as the copy it would keep every batch.
    other.then(outcome.resolve, outcome.reject);
    try {
      return await outcome.promise;
    } finally {
      this.#rejectWaiting = undefined;
    }
  }

  /** Whether it was the database that reported the error. */
  failedWith(error: unknown): boolean {
    return this.#fault !== undefined && this.#fault.error === error;
  }

  /** Ends what is being waited for. */
  interrupt(error: unknown): void {
    this.#rejectWaiting?.(error);
  }

  submit(connection: Connection): void {
    this.#connection = connection as CopyConnection;
    connection.query(this.#sql);
  }

  handleCopyInResponse(): void {
    this.#isReady.resolve();
  }

  handleError(error: unknown): void {
    this.#fault ??= { error };
    this.#isReady.reject(error);
    this.#rejectWaiting?.(error);
    // After it nothing more comes when the connection is lost. Otherwise the next query waits for its turn.
    this.#isFinished.reject(error);
    this.callback?.(error);
  }

  handleCommandComplete(): void {
    return;
  }

  handleReadyForQuery(): void {
    this.#isFinished.resolve();
    this.callback?.(undefined);
  }

  async #room(): Promise<CopyConnection> {
    await this.unlessItFails(this.#isReady.promise);
    const connection = this.#connection;
    if (!connection) throw new Error('The copy was not submitted.');
    const { stream } = connection;
    const { promise, resolve } = Promise.withResolvers<void>();
    // A turn of the event loop at least, or the database's faults and the caller's signal would not come through.
    if (stream.writableNeedDrain) stream.once('drain', resolve);
    else setImmediate(resolve);
    await this.unlessItFails(promise);
    return connection;
  }
}
