import type pg from 'pg';
import { UnknownOutcomeError } from '../errors.ts';
import { appendFault, isAnsweredFailure } from './database-fault.ts';
import { importFault } from './import-fault.ts';
import type { LeasedConnection } from './leased-connection.ts';
import { asText } from './row-decoding.ts';
import { transactionEnd } from './transaction-end.ts';

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

  /**
   * When its answer is lost, the database is asked in another connection of the pool.
   * @throws UnknownOutcomeError when it does not answer that either
   */
  async commit(pool: pg.Pool): Promise<void> {
    const [row] = await this.run('SELECT pg_current_xact_id()');
    this.#connection.throwIfInterrupted();
    this.#connection.commits();
    try {
      await this.#connection.client.query('COMMIT');
    } catch (cause) {
      if (isAnsweredFailure(cause)) throw this.#connection.interruptedBy ?? appendFault(cause);
      const end = await transactionEnd(pool, row?.[0] ?? null);
      if (end === 'committed') return;
      throw end === 'aborted' ? this.faultOf(cause) : new UnknownOutcomeError({ cause });
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
