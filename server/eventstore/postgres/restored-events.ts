import type pg from 'pg';
import { RestoredEventsError } from '../errors.ts';
import { migrateAdvice, type SchemaPlace } from './schema-faults.ts';
import type { TableNames } from './table-names.ts';

/**
 * SQL expression: whether events have transaction ids that this cluster has not given out yet, as a dump from another
 * cluster brings them. To positions they look like events that nobody can have seen, and so no append would pass.
 */
export function hasRestoredEventsSql({ events }: TableNames): string {
  return `coalesce((SELECT transaction_id FROM "${events}" ORDER BY transaction_id DESC LIMIT 1)
    >= pg_snapshot_xmax(pg_current_snapshot()), false)`;
}

/** @throws RestoredEventsError */
export async function refuseRestoredEvents(
  connection: pg.Pool | pg.ClientBase,
  { tables, name }: SchemaPlace,
): Promise<void> {
  const { rows } = await connection.query<[string, string]>({
    text: `SELECT (${hasRestoredEventsSql(tables)})::text, current_database()::text`,
    rowMode: 'array',
  });
  const [has, database] = rows[0] ?? [];
  if (has !== 'true') return;
  throw new RestoredEventsError(
    `The events in ${name ?? database} were restored from another database cluster: they carry transaction ids that mean nothing here, and every append would be refused.`,
    {
      advice: `While no program works with the event store: ${migrateAdvice(tables, '--adopt')} Positions from the other cluster are void.`,
    },
  );
}

/**
 * Gives such events a transaction id that every snapshot has seen (FrozenTransactionId), and gives their number.
 *
 * Their floor is the highest number there is: no append is under way while the table is locked, and the sequence goes on
 * above it, so whatever transaction stores events from now on has higher numbers. 0 would say nothing, and readers
 * would wait for that of five later appends. Floors of other rows stay true for the same reason.
 */
export async function adoptRestoredEvents(client: pg.ClientBase, { events }: TableNames): Promise<number> {
  // Readers go on; appends wait.
  await client.query(`LOCK TABLE "${events}" IN EXCLUSIVE MODE`);
  // A dump of the data alone leaves the sequence where it was.
  await client.query(`
    SELECT setval('${events}_sequence_number_seq'::regclass, greatest(
      highest.number, highest.floor, pg_sequence_last_value('${events}_sequence_number_seq'::regclass)
    ))
    FROM (SELECT max(sequence_number) AS number, max(sequence_floor) AS floor FROM "${events}") AS highest
    WHERE highest.number IS NOT NULL`);
  const { rowCount } = await client.query(`
    UPDATE "${events}" SET transaction_id = '3'::xid8, sequence_floor = (SELECT max(sequence_number) FROM "${events}")
    WHERE transaction_id >= pg_snapshot_xmax(pg_current_snapshot())`);
  return rowCount ?? 0;
}
