import type pg from 'pg';
import type { CallOptions } from '../event-store.ts';
import type { SafeSequenceNumber } from '../storable-event.ts';
import { allEventsKey } from './append-locks.ts';
import { runStatement } from './run-statement.ts';
import { functionName, type TableNames } from './table-names.ts';

/**
 * Up to which number a read has everything, for good: no event with a number up to it can become visible later.
 * Undefined stands for no limit.
 */
export type Settled = number | undefined;

/**
 * SQL expression for it, at most one append too low, from the snapshot of the statement alone.
 *
 * Every transaction in flight has an id from the snapshot's xmin on, and so higher numbers than any sequence_floor of a
 * transaction with an earlier id (migrations/0002). Without transactions in flight there is no limit; age() tells whether
 * one has begun that the snapshot does not know of, and a replica does not know those whose first record it lacks.
 */
export function settledSql({ events }: TableNames): string {
  return `(SELECT CASE
    WHEN pg_snapshot_xmin(seen) = pg_snapshot_xmax(seen) AND age(pg_snapshot_xmax(seen)::xid) = 0
      AND NOT pg_is_in_recovery() THEN NULL
    ELSE coalesce((SELECT max(sequence_floor) FROM (
      SELECT sequence_floor FROM "${events}" WHERE transaction_id < pg_snapshot_xmin(seen)
      ORDER BY transaction_id DESC LIMIT 5) AS latest), 0) END
    FROM (SELECT pg_current_snapshot() AS seen OFFSET 0) AS own)`;
}

export function toSettled(value: string | null): Settled {
  return value === null ? undefined : Number(value);
}

/** Exactly, for a snapshot that the primary gave: appends by others do not count unless they are under way. */
export async function settledExactly(
  {
    pool,
    snapshot,
    tables,
  }: { readonly pool: pg.Pool; readonly snapshot: string; readonly tables: TableNames },
  options: CallOptions,
): Promise<Settled> {
  const text = `SELECT ${functionName(tables, 'settled')}($1, $2)`;
  const values = [snapshot, allEventsKey(tables)];
  const [row] = await runStatement<[string | null]>(pool, { text, values }, options);
  return toSettled(row?.[0] ?? null);
}

/** The number to go on from after having read up to `last`; `before` is where the read began. */
export function safeNumber(last: number, settled: Settled, before: number): SafeSequenceNumber {
  // The one place where a number becomes safe: it is not above the settled one.
  return Math.max(before, Math.min(last, settled ?? last)) as SafeSequenceNumber;
}
