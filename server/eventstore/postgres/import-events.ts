import type pg from 'pg';
import { InvalidOptionError } from '../errors.ts';
import { type JsonValidation, validMode } from '../json-validation.ts';
import type { StorableEvent } from '../storable-event.ts';
import { CopyIn } from './copy-in.ts';
import { copyHeader, copyTrailer, encodeRows } from './copy-rows.ts';
import { readFault } from './database-fault.ts';
import { type Expected, type IndexingOptions, importAlone } from './import-alone.ts';
import { refuseUnimportable } from './import-check.ts';
import { importStaged } from './import-staged.ts';
import { ImportTransaction } from './import-transaction.ts';
import type { ImportWay } from './import-way.ts';
import { LeasedConnection } from './leased-connection.ts';
import { type TableNames, tableNames } from './table-names.ts';

export type EventBatches = AsyncIterable<readonly StorableEvent[]> | Iterable<readonly StorableEvent[]>;

export interface ImportOptions extends IndexingOptions {
  readonly signal?: AbortSignal;
  /** The names of the store's tables, when they are not the usual ones. */
  readonly tables?: Partial<TableNames>;
  /** Called after each batch with the number of events that the database has got so far. */
  readonly onProgress?: (imported: number) => void;
  /** What is checked of events that `buildStorableEvent()` did not make; `full` when it is left out. */
  readonly jsonValidation?: JsonValidation;
  /**
   * Nobody else needs the store meanwhile: an empty one is filled faster, and all its readers and writers wait until the
   * end. Takes the owner of the tables; where it cannot be, events are imported as without it.
   */
  readonly alone?: Expected;
  /** Refuses a store that holds events, also such as others appended while these were on their way. */
  readonly intoEmpty?: boolean;
}

/**
 * Stores many events at once, in their order, without a boundary: for seeding and moving, not for decisions.
 * One transaction: all of them or none. Appends wait only for the last step, and so do reads if the store is empty.
 * @returns how many were stored
 * @throws InvalidEventError whose `field` names the place among all events, such as `events.12345.payload`
 * @throws StoreNotEmptyError when the store is to be empty and is not
 * @throws UnknownOutcomeError when the connection was lost during the commit and the database does not say what became of it
 */
export async function importEvents(
  pool: pg.Pool,
  batches: EventBatches,
  options: ImportOptions = {},
): Promise<number> {
  const tables = tableNames(options.tables);
  const validation = validMode(options.jsonValidation);
  refuseImpossible(options.alone);
  const { signal } = options;
  using connection = await LeasedConnection.acquire(pool, signal ? { signal } : {}).catch((error) => {
    throw readFault(error);
  });
  const transaction = new ImportTransaction(connection);
  try {
    const way = await beginImport(transaction, tables, options);
    const load = { connection, transaction, way, validation };
    const imported = await copyAll(load, batches, options);
    await way.finish(transaction, imported);
    await transaction.commit(pool);
    return imported;
  } catch (error) {
    // What it had begun is undone when the caller hears of it. A fault of the batches themselves is the caller's.
    await transaction.rollBack();
    connection.discard();
    throw error;
  }
}

function refuseImpossible(alone: Expected | undefined): void {
  if (alone === undefined || (Number.isSafeInteger(alone.events) && alone.events >= 0)) return;
  throw new InvalidOptionError(`An import cannot expect ${alone.events} events.`, {
    advice: 'Give the number of events that will come, or leave `alone` out.',
    field: 'alone.events',
  });
}

async function beginImport(
  transaction: ImportTransaction,
  tables: TableNames,
  options: ImportOptions,
): Promise<ImportWay> {
  await transaction.begin();
  if (options.alone) {
    const way = await importAlone(transaction, tables, { ...options, ...options.alone });
    if (way) return way;
    await transaction.begin();
  }
  return importStaged(transaction, tables, options);
}

interface Load {
  readonly connection: LeasedConnection;
  readonly transaction: ImportTransaction;
  readonly way: ImportWay;
  readonly validation: JsonValidation;
}

/** One batch is being sent while the next one is made. */
async function copyAll(
  { connection, transaction, way, validation }: Load,
  batches: EventBatches,
  { signal, onProgress }: ImportOptions,
): Promise<number> {
  connection.throwIfInterrupted();
  const copy = connection.client.query(new CopyIn(way.copySql));
  const interrupt = () => copy.interrupt(connection.interruptedBy);
  signal?.addEventListener('abort', interrupt);
  let imported = 0;
  try {
    await copy.send(copyHeader);
    for await (const batch of untilItFails(batches, copy)) {
      onProgress?.(imported);
      connection.throwIfInterrupted();
      refuseUnimportable(batch, imported, validation);
      await copy.send(encodeRows(batch, way.floor));
      imported += batch.length;
    }
    await copy.send(copyTrailer);
    await copy.end();
    onProgress?.(imported);
    return imported;
  } catch (error) {
    const fault = copy.failedWith(error) ? transaction.faultOf(error) : error;
    await copy.abandon('The import was given up.');
    throw fault;
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

/** The batches, as long as the database takes them: who makes them may take long, or never end. */
async function* untilItFails(
  batches: EventBatches,
  copy: CopyIn,
): AsyncGenerator<readonly StorableEvent[], void> {
  if (Symbol.iterator in batches) return yield* batches;
  const iterator = batches[Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      const next = await copy.unlessItFails(iterator.next());
      isOver = next.done === true;
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    isOver = !copy.failedWith(error);
    throw error;
  } finally {
    // Not waited for: it may hang in what it waits for itself.
    if (!isOver) void iterator.return?.()?.catch(() => undefined);
  }
}
