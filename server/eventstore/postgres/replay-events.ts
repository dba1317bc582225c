import { InvalidOptionError } from '../errors.ts';
import type { EventFilter } from '../event-filter.ts';
import type { Replay, ReplayOptions } from '../event-store.ts';
import type { OperationTrack } from '../operation-track.ts';
import type { SafeSequenceNumber, StoredEvent } from '../storable-event.ts';
import { BatchCursor } from './batch-cursor.ts';
import { withinOneCall } from './call-time.ts';
import type { PostgresEngine } from './postgres-engine.ts';
import { onReader, replicaFault } from './read-routing.ts';
import { type ReadSnapshot, snapshotColumn } from './read-snapshot.ts';
import { decodeRows } from './row-decoding.ts';
import { safeNumber } from './settled.ts';

interface ReplayCall {
  readonly filter: EventFilter;
  readonly options: ReplayOptions;
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
export class EventReplay implements Replay {
  readonly #engine: PostgresEngine;
  readonly #call: ReplayCall;
  readonly #batchSize: number;
  #maxSequenceNumber: SafeSequenceNumber;
  #last = 0;

  /** @throws InvalidOptionError for an impossible batch size */
  constructor(engine: PostgresEngine, call: ReplayCall) {
    this.#engine = engine;
    this.#call = call;
    this.#batchSize = validBatchSize(call.options.batchSize);
    this.#maxSequenceNumber = call.filter.sequenceNumberHigherThan as SafeSequenceNumber;
  }

  get maxSequenceNumber(): SafeSequenceNumber {
    return this.#maxSequenceNumber;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly StoredEvent[]> {
    // Told from here on, as this is when the first batch is asked for.
    const track = this.#engine.teller?.start('replay', 'sql_build');
    const options = withinOneCall(this.#call.options);
    let cursor: BatchCursor | undefined;
    let fault: unknown;
    try {
      cursor = await this.#openCursor(options, track);
      for (let rows = await cursor.next(); rows.length > 0; rows = await cursor.next()) {
        track?.enter('row_decode');
        const events = decodeRows(rows);
        track?.eventsRead(events);
        this.#goOnTo(events.at(-1)?.sequenceNumber ?? 0, cursor.snapshot);
        track?.leave();
        yield events;
        track?.enter('sql_execute');
      }
      await cursor.close();
      await this.#settle(cursor, options);
    } catch (error) {
      fault = cursor && cursor.pool === this.#engine.replica ? replicaFault(error) : error;
      throw fault;
    } finally {
      await cursor?.abandon();
      track?.end(fault);
    }
  }

  #openCursor(options: ReplayOptions, track: OperationTrack | undefined): Promise<BatchCursor> {
    const { filter } = this.#call;
    const { template, values } = this.#engine.statements.statementFor(filter);
    const select = { text: template.events, values, snapshot: snapshotColumn(this.#engine.tables) };
    return onReader(this.#engine, options, (pool) =>
      BatchCursor.open(pool, { select, options, track, batchSize: this.#batchSize }),
    );
  }

  #goOnTo(last: number, snapshot: ReadSnapshot): void {
    this.#last = last;
    this.#settledAt(this.#engine.settled.known({ snapshot, last }));
  }

  /** Asks when the newest events are so new that appends with lower numbers may have been under way. */
  async #settle({ pool, snapshot }: BatchCursor, options: ReplayOptions): Promise<void> {
    this.#settledAt(await this.#engine.settled.find({ pool, snapshot, last: this.#last, options }));
  }

  #settledAt(settled: number): void {
    this.#maxSequenceNumber = safeNumber(settled, this.#maxSequenceNumber);
  }
}

function validBatchSize(batchSize = defaultBatchSize): number {
  if (Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= 100_000) return batchSize;
  throw new InvalidOptionError(`A replay cannot run in batches of ${batchSize} events.`, {
    advice: 'Give a whole number from 1 to 100000.',
    field: 'batchSize',
  });
}
