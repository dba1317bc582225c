import type pg from 'pg';
import { InvalidFilterError } from '../errors.ts';
import type { EventFilter } from '../event-filter.ts';
import type { ReplayOptions } from '../event-store.ts';
import type { StoredEvent } from '../storable-event.ts';
import { readFault } from './database-fault.ts';
import { LeasedConnection } from './leased-connection.ts';
import type { PhaseTrack } from './phase-track.ts';
import type { PostgresEngine } from './postgres-engine.ts';
import { asText, decodeRows, type EventRow } from './row-decoding.ts';

interface Replay {
  readonly filter: EventFilter;
  readonly options: ReplayOptions;
  readonly phases: PhaseTrack | undefined;
}

/**
 * Below 5,000 the work on a batch takes less than a profiler's sampling distance, and more of a replay's time lies
 * between samples; above, memory grows and nothing else. Numbers: docs/decisions/2026-11-21-replay-in-batches-of-5000.md
 */
const defaultBatchSize = 5000;

/**
 * Reads through one cursor, so all events come from one point in time, whatever is appended meanwhile. The next
 * batch is asked for before the current one is handed out: the database works while the caller does.
 */
export async function* replayEvents(
  engine: PostgresEngine,
  { filter, options, phases }: Replay,
): AsyncGenerator<readonly StoredEvent[]> {
  const fetchBatch = `FETCH ${validBatchSize(options.batchSize)} FROM replay`;
  const { events: text, values } = engine.statements.statementFor(filter);
  phases?.enter('connection_acquire');
  using connection = await acquire(engine, options);
  phases?.enter('sql_execute');
  const cursor = new BatchCursor(connection, fetchBatch);
  try {
    await cursor.open(text, values);
    for (let rows = await cursor.next(); rows.length > 0; rows = await cursor.next()) {
      phases?.enter('row_decode');
      const events = decodeRows(rows);
      engine.instrumentation?.eventsRead(events);
      phases?.leave();
      yield events;
      phases?.enter('sql_execute');
    }
    await cursor.close();
  } finally {
    await cursor.abandon();
  }
}

async function acquire({ pool }: PostgresEngine, options: ReplayOptions): Promise<LeasedConnection> {
  try {
    return await LeasedConnection.acquire(pool, options);
  } catch (error) {
    throw readFault(error);
  }
}

class BatchCursor {
  readonly #connection: LeasedConnection;
  readonly #fetchBatch: string;
  #coming: Promise<pg.QueryArrayResult<EventRow>> | undefined;
  #isOpen = true;

  constructor(connection: LeasedConnection, fetchBatch: string) {
    this.#connection = connection;
    this.#fetchBatch = fetchBatch;
  }

  async open(text: string, values: readonly unknown[]): Promise<void> {
    const { client } = this.#connection;
    await this.#orFault(async () => {
      // cursor_tuple_fraction: the planner would optimise for the first tenth, but all will be read.
      await client.query('BEGIN READ ONLY; SET LOCAL cursor_tuple_fraction = 1');
      await client.query(`DECLARE replay NO SCROLL CURSOR FOR ${text}`, [...values]);
    });
    this.#ask();
  }

  /** The next rows; none at the end. */
  async next(): Promise<readonly EventRow[]> {
    this.#connection.throwIfInterrupted();
    const { rows } = await this.#orFault(async () => this.#coming ?? { rows: [] });
    if (rows.length > 0) this.#ask();
    else this.#coming = undefined;
    return rows;
  }

  async close(): Promise<void> {
    await this.#orFault(() => this.#connection.client.query('COMMIT'));
    this.#isOpen = false;
  }

  /** Ends the transaction after a fault, or when the caller stopped early; no effect after `close`. */
  async abandon(): Promise<void> {
    if (!this.#isOpen) return;
    this.#connection.discard();
    // The batch on its way belongs to nobody any more; the connection is closed anyway.
    await this.#connection.client.query('ROLLBACK').catch(() => undefined);
  }

  #ask(): void {
    const { client } = this.#connection;
    this.#coming = client.query<EventRow>({ text: this.#fetchBatch, rowMode: 'array', types: asText });
    // Whoever waits for the batch gets the fault; without this it would end the process when nobody waits yet.
    this.#coming.catch(() => undefined);
  }

  async #orFault<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#connection.interruptedBy ?? readFault(error);
    }
  }
}

function validBatchSize(batchSize = defaultBatchSize): number {
  if (Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= 100_000) return batchSize;
  throw new InvalidFilterError(`A replay cannot run in batches of ${batchSize} events.`, {
    advice: 'Give a whole number from 1 to 100000.',
    field: 'batchSize',
  });
}
