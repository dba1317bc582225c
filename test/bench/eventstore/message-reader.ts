import type { Connection, Submittable } from 'pg';

/** A query for `client.query` that hands on the columns of each row as they come, without anything that pg makes of them. */
export class MessageReader implements Submittable {
  readonly finished: Promise<void>;
  readonly #sql: string;
  readonly #row: (columns: string[]) => void;
  readonly #settled = Promise.withResolvers<void>();

  constructor(sql: string, row: (columns: string[]) => void) {
    this.#sql = sql;
    this.#row = row;
    this.finished = this.#settled.promise;
  }

  submit(connection: Connection): void {
    connection.query(this.#sql);
  }

  handleRowDescription(): void {
    return;
  }

  handleDataRow({ fields }: { readonly fields: string[] }): void {
    this.#row(fields);
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
