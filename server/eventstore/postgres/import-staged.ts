import { allEventsKey } from './append-locks.ts';
import { rowColumns } from './copy-rows.ts';
import type { ImportTransaction } from './import-transaction.ts';
import type { Demands, ImportWay } from './import-way.ts';
import { StoreNotEmptyError } from './store-not-empty-error.ts';
import { functionName, type TableNames } from './table-names.ts';

/**
 * The database checks and keeps the events outside of the store until all have come: nobody waits while they are made.
 * A function of the store then moves them, in their order (migrations/0002).
 */
export async function importStaged(
  transaction: ImportTransaction,
  tables: TableNames,
  { intoEmpty }: Demands = {},
): Promise<ImportWay> {
  await transaction.run(`CREATE TEMPORARY TABLE ${tables.events}_import (
    place bigint GENERATED ALWAYS AS IDENTITY,
    event_type text NOT NULL, occurred_at timestamptz NOT NULL, payload json NOT NULL, metadata json NOT NULL
  ) ON COMMIT DROP`);
  return {
    copySql: `COPY ${tables.events}_import (${rowColumns}) FROM STDIN (FORMAT binary)`,
    finish: async () => {
      if (intoEmpty) await refuseEvents(transaction, tables);
      await transaction.run(`SELECT ${functionName(tables, 'import')}($1)`, [allEventsKey(tables)]);
    },
  };
}

/** Under the lock that the import takes anyway: nobody appends between this look and the end. */
async function refuseEvents(transaction: ImportTransaction, tables: TableNames): Promise<void> {
  await transaction.run('SELECT pg_advisory_xact_lock($1)', [allEventsKey(tables)]);
  const [row] = await transaction.run(`SELECT EXISTS (SELECT FROM "${tables.events}")`);
  if (row?.[0] !== 'f') throw new StoreNotEmptyError();
}
