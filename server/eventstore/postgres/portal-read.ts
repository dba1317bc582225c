import type { Connection, Submittable } from 'pg';

/** What of pg's message of a row is used: the text of every column. */
interface RowMessage<Row> {
  readonly fields: Row;
}

interface CursorStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * The next rows of an open cursor, for `client.query`, every column as the text that came over the wire. A cursor is
 * a portal of the protocol too, so it can be read by Execute: https://www.postgresql.org/docs/current/protocol-flow.html
 *
 * FETCH puts all its rows into a store of its own before the first one is sent, and pg makes each row twice and tells
 * an event of it. Numbers:
 * docs/decisions/2026-11-21-fastest-raw-replay.md
 */
export class PortalRead<Row> implements Submittable {
  readonly rows: Promise<readonly Row[]>;
  /** Called by pg itself as well, which puts its own in front where `query_timeout` is set. */
  callback: (error?: Error | null) => void;
  /** What the cursor was declared for, for tools that measure. */
  readonly statements: readonly CursorStatement[];
  readonly #portal: string;
  readonly #count: number;
  readonly #rows: Row[] = [];

  /**
   * @param count so many rows, or fewer at the end of the portal
   * @param statement of the cursor
   */
  constructor(portal: string, count: number, statement?: CursorStatement) {
    this.statements = statement ? [statement] : [];
    this.#portal = portal;
    this.#count = count;
    const { promise, resolve, reject } = Promise.withResolvers<readonly Row[]>();
    this.rows = promise;
    this.callback = (error) => (error ? reject(error) : resolve(this.#rows));
  }

  submit(connection: Connection): void {
    connection.stream.cork();
    connection.execute({ portal: this.#portal, rows: String(this.#count) }, true);
    connection.sync();
    connection.stream.uncork();
  }

  handleDataRow({ fields }: RowMessage<Row>): void {
    this.#rows.push(fields);
  }

  /** There may be more rows. */
  handlePortalSuspended(): void {
    return;
  }

  handleCommandComplete(): void {
    return;
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback();
  }
}
