import type { Connection, Submittable } from 'pg';

/** What of pg's protocol messages a reader of COPY needs. */
interface CopyData {
  readonly chunk: Buffer;
}

/**
 * A query for `client.query` that reads `COPY … TO STDOUT`. PostgreSQL sends one message for each row, in binary
 * format the header with the first and the trailer as one of its own.
 */
export class CopyReader implements Submittable {
  readonly finished: Promise<void>;
  readonly #sql: string;
  readonly #row: (chunk: Buffer) => void;
  readonly #settled = Promise.withResolvers<void>();

  constructor(sql: string, row: (chunk: Buffer) => void) {
    this.#sql = sql;
    this.#row = row;
    this.finished = this.#settled.promise;
  }

  submit(connection: Connection): void {
    connection.query(this.#sql);
  }

  handleCopyData({ chunk }: CopyData): void {
    this.#row(chunk);
  }

  handleError(error: Error): void {
    this.#settled.reject(error);
  }

  handleReadyForQuery(): void {
    this.#settled.resolve();
  }

  handleCommandComplete(): void {
    return;
  }
}
