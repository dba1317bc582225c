import type { EventFilter } from '../event-filter.ts';
import type { CallOptions } from '../event-store.ts';
import { refuseEndless, type SnapshotInfo, type SnapshotsToDelete } from '../snapshot.ts';
import type { SafeSequenceNumber } from '../storable-event.ts';
import type { PostgresEngine } from './postgres-engine.ts';
import { runStatement } from './run-statement.ts';

/** One round trip; the data stays where it is. */
export async function listSnapshots(
  { primary, tables }: PostgresEngine,
  { filter, ...options }: CallOptions & { readonly filter?: EventFilter },
): Promise<readonly SnapshotInfo[]> {
  const text = `
    SELECT projection_type, filter_hash, sequence_number, date_part('epoch', created_at) * 1000, pg_column_size(snapshot_data)
    FROM "${tables.snapshots}" WHERE $1::text IS NULL OR filter_hash = $1
    ORDER BY created_at DESC, projection_type, filter_hash`;
  const values = [filter?.withoutSequenceBound().hash() ?? null];
  const rows = await runStatement<InfoRow>(primary, { text, values }, options);
  return rows.map(([projectionType, filterHash, sequenceNumber, createdAt, bytes]) => ({
    projectionType,
    filterHash,
    sequenceNumber: Number(sequenceNumber) as SafeSequenceNumber,
    createdAt: new Date(Math.round(Number(createdAt))),
    bytes: Number(bytes),
  }));
}

/** One round trip. Ages are told by the database's clock, which also stamped them. */
export async function deleteSnapshots(
  { primary, tables }: PostgresEngine,
  which: SnapshotsToDelete,
  options: CallOptions,
): Promise<number> {
  refuseEndless(which);
  const text = `
    WITH deleted AS (
      DELETE FROM "${tables.snapshots}"
      WHERE created_at < now() - $1 * interval '1 millisecond'
        OR (projection_type, filter_hash) IN (
          SELECT projection_type, filter_hash FROM "${tables.snapshots}"
          WHERE $2::bigint IS NOT NULL ORDER BY created_at DESC, projection_type, filter_hash OFFSET $2
        )
      RETURNING 1
    )
    SELECT count(*) FROM deleted`;
  const values = [which.olderThanMs ?? null, which.keepNewest ?? null];
  const [row] = await runStatement<[string]>(primary, { text, values }, options);
  return Number(row?.[0] ?? 0);
}

type InfoRow = [
  projectionType: string,
  filterHash: string,
  sequenceNumber: string,
  createdAt: string,
  bytes: string,
];
