import { allEventsKey } from './append-locks.ts';
import { rowColumns } from './copy-rows.ts';
import { sqlState } from './database-fault.ts';
import { createIndexes, dropIndexes, rebuildableIndexes } from './import-indexes.ts';
import type { ImportTransaction } from './import-transaction.ts';
import type { Demands, ImportWay } from './import-way.ts';
import { StoreNotEmptyError } from './store-not-empty-error.ts';
import type { TableNames } from './table-names.ts';

export interface Expected {
  /** How many will come; when fewer do, the store leaves out numbers. */
  readonly events: number;
}

export interface IndexingOptions {
  /** Called with how many indexes are built again and how many there are. */
  readonly onIndexing?: (built: number, indexes: number) => void;
}

/**
 * Straight into an empty store without its indexes, which are built at the end: the fastest way, and one in which
 * everybody else waits from beginning to end. Undefined when it is not open: events are there, somebody would have to be
 * waited for, or the user does not own the tables. Then the transaction is over.
 */
export async function importAlone(
  transaction: ImportTransaction,
  tables: TableNames,
  { events, onIndexing, intoEmpty }: Expected & IndexingOptions & Demands,
): Promise<ImportWay | undefined> {
  const lastNumber = await lockEmptyStore(transaction, tables);
  if (lastNumber === 'holds events' && intoEmpty) throw new StoreNotEmptyError();
  if (typeof lastNumber !== 'number') return undefined;
  const indexes = await rebuildableIndexes(transaction, tables);
  if (!(await unlessRefused(transaction, () => dropIndexes(transaction, indexes)))) return undefined;
  // All others have ended before and begin afterwards, with numbers above all of these.
  const floor = lastNumber + events;
  return {
    copySql: `COPY "${tables.events}" (${rowColumns}, sequence_floor) FROM STDIN (FORMAT binary)`,
    floor,
    finish: async (_, imported) => {
      // Whoever comes later gets numbers above what all rows say.
      if (imported < events)
        await transaction.run('SELECT setval($1::regclass, $2)', [numbersOf(tables), floor]);
      await createIndexes(transaction, indexes, onIndexing);
    },
  };
}

/**
 * Locks out appends, as the function for staged events does, and readers, as they would miss the indexes. Gives the
 * number before the first one.
 */
async function lockEmptyStore(
  transaction: ImportTransaction,
  tables: TableNames,
): Promise<number | 'holds events' | undefined> {
  const isLocked = await unlessRefused(transaction, async () => {
    await transaction.tryToRun("SET LOCAL lock_timeout = '200ms'");
    await transaction.tryToRun('SELECT pg_advisory_xact_lock($1)', [allEventsKey(tables)]);
    await transaction.tryToRun(`LOCK TABLE "${tables.events}" IN ACCESS EXCLUSIVE MODE`);
  });
  if (!isLocked) return undefined;
  const [row] = await transaction.run(
    `SELECT EXISTS (SELECT FROM "${tables.events}"),
      coalesce(pg_sequence_last_value($1::regclass), 0)`,
    [numbersOf(tables)],
  );
  const [holdsEvents, lastNumber] = row ?? [];
  if (holdsEvents === 'f') return Number(lastNumber);
  await transaction.rollBack();
  return 'holds events';
}

function numbersOf(tables: TableNames): string {
  return `${tables.events}_sequence_number_seq`;
}

/** Whether it was done. If the database says that it cannot be, the transaction is rolled back. */
async function unlessRefused(transaction: ImportTransaction, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!refusals.has(sqlState(error))) throw transaction.faultOf(error);
    await transaction.rollBack();
    return false;
  }
}

// lock_not_available, deadlock_detected, insufficient_privilege, dependent_objects_still_exist:
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const refusals = new Set(['55P03', '40P01', '42501', '2BP01']);
