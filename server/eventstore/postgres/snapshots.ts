import { hash } from 'node:crypto';
import { InvalidOptionError, SnapshotCorruptError } from '../errors.ts';
import type { EventFilter } from '../event-filter.ts';
import type { CallOptions, ReadOptions } from '../event-store.ts';
import type { Snapshot, SnapshotToSave } from '../snapshot.ts';
import type { SafeSequenceNumber } from '../storable-event.ts';
import type { PostgresEngine } from './postgres-engine.ts';
import { onReader } from './read-routing.ts';
import { runStatement } from './run-statement.ts';

/** Which snapshot is meant. */
export interface SnapshotKey {
  readonly projectionType: string;
  readonly filter: EventFilter;
}

/** One round trip. A snapshot of a lower sequence number leaves the one that is there. */
export async function saveSnapshot(
  engine: PostgresEngine,
  snapshot: SnapshotToSave,
  options: CallOptions,
): Promise<void> {
  const { sequenceNumber, data } = snapshot;
  const values = [...keyValues(snapshot), sequenceNumber, data, checksumOf(data)];
  await runStatement(engine.primary, { text: saveSql(engine.tables.snapshots), values }, options);
}

/** One round trip. @throws SnapshotCorruptError */
export async function loadSnapshot(
  engine: PostgresEngine,
  key: SnapshotKey,
  options: ReadOptions,
): Promise<Snapshot | undefined> {
  const values = keyValues(key);
  const statement = { text: loadSql(engine.tables.snapshots), values };
  const [row] = await onReader(engine, options, (pool) =>
    runStatement<SnapshotRow>(pool, statement, options),
  );
  if (!row) return undefined;
  const [sequenceNumber, data, checksum, createdAt] = row;
  if (checksumOf(data) !== checksum) {
    throw new SnapshotCorruptError(key.projectionType, 'its content is not what was saved');
  }
  return {
    projectionType: key.projectionType,
    filterHash: values[1],
    sequenceNumber: Number(sequenceNumber) as SafeSequenceNumber,
    data,
    createdAt: new Date(Math.round(Number(createdAt))),
  };
}

/** One round trip. */
export async function deleteSnapshot(
  engine: PostgresEngine,
  key: SnapshotKey,
  options: CallOptions,
): Promise<void> {
  const text = `DELETE FROM "${engine.tables.snapshots}" WHERE projection_type = $1 AND filter_hash = $2`;
  await runStatement(engine.primary, { text, values: keyValues(key) }, options);
}

type SnapshotRow = [sequenceNumber: string, data: string, checksum: string, createdAt: string];

function keyValues({ projectionType, filter }: SnapshotKey): [projectionType: string, filterHash: string] {
  if (typeof projectionType !== 'string' || projectionType === '' || projectionType.includes('\0')) {
    throw new InvalidOptionError('The projection of a snapshot has no name that can be stored.', {
      advice: 'Give a projection type that is not empty and holds no NUL characters.',
      field: 'projectionType',
    });
  }
  return [projectionType, filter.withoutSequenceBound().hash()];
}

function checksumOf(data: string): string {
  return `sha256:${hash('sha256', data)}`;
}

function saveSql(snapshots: string): string {
  return `
    INSERT INTO "${snapshots}" AS saved (projection_type, filter_hash, sequence_number, snapshot_data, checksum)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (projection_type, filter_hash) DO UPDATE
    SET sequence_number = excluded.sequence_number, snapshot_data = excluded.snapshot_data,
      checksum = excluded.checksum, created_at = excluded.created_at
    WHERE excluded.sequence_number >= saved.sequence_number`;
}

function loadSql(snapshots: string): string {
  return `
    SELECT sequence_number, snapshot_data, checksum, date_part('epoch', created_at) * 1000
    FROM "${snapshots}" WHERE projection_type = $1 AND filter_hash = $2`;
}
