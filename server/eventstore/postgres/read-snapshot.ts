import type { Position } from '../event-store.ts';
import { eventualPosition, positionText, storeLife } from './position.ts';
import type { TableNames } from './table-names.ts';

/** The moment that a read is of, as the first row of its statement tells it. */
export interface ReadSnapshot {
  /** `pg_current_snapshot()` as text. */
  readonly text: string;
  /** Of the store that gave it (`storeLife`). */
  readonly life: string;
  /** Whether no transaction was under way that could store anything. */
  readonly isQuiet: boolean;
  /** Whether it is of a server in recovery, which leaves the transactions in progress out of its snapshot. */
  readonly isReplica: boolean;
  /** Of a replica: up to which number nothing can appear any more; undefined when it was not asked. */
  readonly replicaFloor: number | undefined;
}

const replicaMark = 'replica';

/**
 * One column of text: whether the server was quiet (empty on a replica), and the snapshot. age() tells whether a transaction has begun that the
 * snapshot does not know of. A server in recovery cannot know which have begun on its primary, whichever way the read
 * came to it, and its snapshot would cover events that the read did not see: 755:758:755 is 755:758: there.
 */
export const snapshotColumn = (tables: TableNames) => columnWith('NULL', tables);

/** The same, and in place of the first part what a replica knows of numbers that are safe to go on from. */
export const replicaSnapshotColumn = (tables: TableNames) =>
  columnWith(`(${replicaFloorSql(tables, 'pg_snapshot_xmin(pg_current_snapshot())')})`, tables);

/** SQL: the highest number that was given out before all transactions from the given id on. */
export function replicaFloorSql({ events }: TableNames, firstUnderWay: string): string {
  // Several, since some may say nothing.
  return `
    SELECT coalesce(max(sequence_floor), 0) FROM (
      SELECT sequence_floor FROM "${events}" WHERE transaction_id < ${firstUnderWay}
      ORDER BY transaction_id DESC LIMIT 5
    ) AS latest`;
}

/**
 * The first case never is, and its function may not run beside parallel workers: PostgreSQL then plans none for the whole read.
 * From 2 million events on it took the 1 % that it expects of any content for enough work to start some: 5 ms, for 10 events.
 */
const columnWith = (replicaFloor: string, tables: TableNames) => `
  coalesce((CASE WHEN false THEN pg_current_xact_id()::text::bigint
    WHEN pg_is_in_recovery() THEN ${replicaFloor}::bigint
    WHEN pg_snapshot_xmin(pg_current_snapshot()) = pg_snapshot_xmax(pg_current_snapshot())
    AND age(pg_snapshot_xmax(pg_current_snapshot())::xid) = 0 THEN 1::bigint ELSE 0 END)::text, '') || ' '
  || CASE WHEN pg_is_in_recovery() THEN '${replicaMark}' ELSE ${storeLife(tables)} END || '/' || pg_current_snapshot()::text`;

export function toReadSnapshot(told = '0 /'): ReadSnapshot {
  const [quiet = '', text = ''] = told.split(' ');
  const [life = '', snapshot = ''] = text.split('/');
  const isReplica = life === replicaMark;
  const replicaFloor = isReplica && quiet !== '' ? Number(quiet) : undefined;
  return { text: snapshot, life, isQuiet: quiet === '1' && !isReplica, isReplica, replicaFloor };
}

/** What the read can decide: an append, if it was a strong one of the primary. */
export function positionOf({ text, life, isReplica }: ReadSnapshot, isEventual: boolean): Position {
  return isReplica || isEventual ? eventualPosition : positionText(life, text);
}
