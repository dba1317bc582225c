import { UnknownOutcomeError } from '../errors.ts';
import { appendFault, isAnsweredFailure } from './database-fault.ts';
import { importFault } from './import-fault.ts';
import type { LeasedConnection } from './leased-connection.ts';
import { asText } from './row-decoding.ts';

/** The transaction of a bulk load: one statement after another, each in the event store's terms when it fails. */
export class ImportTransaction {
  readonly #connection: LeasedConnection;

  constructor(connection: LeasedConnection) {
    this.#connection = connection;
  }

  // One statement takes as long as there are events, which no general time-out can know.
  async begin(): Promise<void> {
    await this.run('BEGIN ISOLATION LEVEL READ COMMITTED');
    await this.run('SET LOCAL statement_timeout = 0');
  }

  async run(sql: string, values?: unknown[]): Promise<Row[]> {
    try {
      return await this.tryToRun(sql, values);
    } catch (error) {
      throw this.faultOf(error);
    }
  }

  faultOf(error: unknown): Error {
    return this.#connection.interruptedBy ?? importFault(error);
  }

  /** Its faults come as they are. */
  async tryToRun(sql: string, values?: unknown[]): Promise<Row[]> {
    this.#connection.throwIfInterrupted();
    const statement = { text: sql, values: values ?? [], rowMode: 'array', types: asText } as const;
    const { rows } = await this.#connection.client.query<Row>(statement);
    return rows;
  }

  async commit(): Promise<void> {
    this.#connection.throwIfInterrupted();
    try {
      await this.#connection.client.query('COMMIT');
    } catch (cause) {
      throw isAnsweredFailure(cause) ? appendFault(cause) : new UnknownOutcomeError({ cause });
    }
  }

  /** Resolves when the database has let go of everything, or the connection is no more. */
  async rollBack(): Promise<void> {
    if (this.#connection.lostBy) return;
    // A connection that cannot even do this is closed, which comes to the same.
    await this.#connection.client.query('ROLLBACK').catch(() => undefined);
  }
}

/** Columns as text. */
export type Row = (string | null)[];
