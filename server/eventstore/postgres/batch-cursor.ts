import type pg from 'pg';
import type { CallOptions } from '../event-store.ts';
import type { OperationTrack } from '../operation-track.ts';
import { readFault } from './database-fault.ts';
import { LeasedConnection } from './leased-connection.ts';
import { PortalRead } from './portal-read.ts';
import { type ReadSnapshot, toReadSnapshot } from './read-snapshot.ts';
import { asText, type EventRow } from './row-decoding.ts';

export interface CursorSelect {
  readonly text: string;
  readonly values: readonly unknown[];
  /** The column of `snapshotColumn`. */
  readonly snapshot: string;
}

interface CursorOptions {
  readonly select: CursorSelect;
  readonly batchSize: number;
  readonly options: CallOptions;
  readonly track: OperationTrack | undefined;
}

/** A cursor in a transaction of its own. Everything that it gives is from one snapshot. */
export class BatchCursor {
  readonly pool: pg.Pool;
  readonly #connection: LeasedConnection;
  readonly #batchSize: number;
  #coming: Promise<readonly EventRow[]> | undefined;
  #isOpen = true;
  #snapshot = toReadSnapshot();
  #select: CursorSelect | undefined;

  private constructor(pool: pg.Pool, connection: LeasedConnection, batchSize: number) {
    this.pool = pool;
    this.#connection = connection;
    this.#batchSize = batchSize;
  }

  /** Resolves when the first batch has been asked for. */
  static async open(
    pool: pg.Pool,
    { select, options, track, batchSize }: CursorOptions,
  ): Promise<BatchCursor> {
    track?.enter('connection_acquire');
    const connection = await LeasedConnection.acquire(pool, options).catch((error) => {
      throw readFault(error);
    });
    track?.enter('sql_execute');
    const cursor = new BatchCursor(pool, connection, batchSize);
    try {
      await cursor.#declare(select);
      return cursor;
    } catch (error) {
      await cursor.abandon();
      throw error;
    }
  }

  /** The moment that everything is of. */
  get snapshot(): ReadSnapshot {
    return this.#snapshot;
  }

  /** The next rows; none at the end. */
  async next(): Promise<readonly EventRow[]> {
    this.#connection.throwIfInterrupted();
    const rows = await this.#orFault(async () => this.#coming ?? []);
    if (rows.length === this.#batchSize) this.#ask();
    else this.#coming = undefined;
    return rows;
  }

  async close(): Promise<void> {
    await this.#orFault(() => this.#connection.client.query('COMMIT'));
    this.#isOpen = false;
    this.#connection[Symbol.dispose]();
  }

  /** Ends the transaction after a fault, or when the caller stopped early; no effect after `close`. */
  async abandon(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#connection.discard();
    // The batch on its way belongs to nobody any more; the connection is closed anyway.
    await this.#connection.client.query('ROLLBACK').catch(() => undefined);
    this.#connection[Symbol.dispose]();
  }

  async #declare(select: CursorSelect): Promise<void> {
    const { text, values, snapshot } = select;
    this.#select = select;
    const { client } = this.#connection;
    await this.#orFault(async () => {
      // cursor_tuple_fraction: the planner would optimise for the first tenth, but all will be read.
      const begin = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL cursor_tuple_fraction = 1';
      await client.query(begin);
      const { rows } = await client.query<[string]>({
        text: `SELECT ${snapshot}`,
        rowMode: 'array',
        types: asText,
      });
      this.#snapshot = toReadSnapshot(rows[0]?.[0]);
      await client.query(`DECLARE replay NO SCROLL CURSOR FOR ${text}`, [...values]);
    });
    this.#ask();
  }

  #ask(): void {
    const { client } = this.#connection;
    this.#coming = client.query(new PortalRead<EventRow>('replay', this.#batchSize, this.#select)).rows;
    // Whoever waits for the batch gets the fault; without this it would end the process when nobody waits yet.
    this.#coming.catch(() => undefined);
  }

  async #orFault<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { interruptedBy, lostBy } = this.#connection;
      throw interruptedBy ?? readFault(lostBy ?? error);
    }
  }
}
