import { createHash } from 'node:crypto';
import { EventStoreUnavailableError, InvalidOptionError, SnapshotCorruptError } from '../errors.ts';
import type { EventFilter } from '../event-filter.ts';
import type { CallOptions, ReadOptions } from '../event-store.ts';
import type { SaveMark } from '../save-mark.ts';
import {
  adviceToStringify,
  refuseUnsavable,
  type Snapshot,
  type SnapshotToSave,
  validProjectionType,
} from '../snapshot.ts';
import type { SafeSequenceNumber } from '../storable-event.ts';
import { withinOneCall } from './call-time.ts';
import { messageOf, sqlState } from './database-fault.ts';
import type { PostgresEngine } from './postgres-engine.ts';
import { preparedName } from './prepared-names.ts';
import { onReader } from './read-routing.ts';
import { runStatement } from './run-statement.ts';

/** Which snapshot is meant. */
export interface SnapshotKey {
  readonly projectionType: string;
  readonly filter: EventFilter;
}

/**
 * One round trip. A snapshot of a lower sequence number leaves the one that is there, unless it replaces just that.
 * @throws InvalidOptionError whose `field` names the part that cannot be stored
 */
export async function saveSnapshot(
  engine: PostgresEngine,
  snapshot: SnapshotToSave,
  options: CallOptions,
): Promise<void> {
  refuseUnsavable(snapshot);
  const { sequenceNumber, data, replaces = null } = snapshot;
  const key = keyValues(snapshot);
  const checksum = checksumOf([...key, String(sequenceNumber)], data);
  const values = [...key, sequenceNumber, data, checksum, replaces];
  try {
    const statement = prepared('save', saveSql(engine.tables.snapshots), values);
    await runStatement(engine.primary, statement, options);
  } catch (error) {
    throw saveFault(error);
  }
}

/** One round trip. @throws SnapshotCorruptError, InvalidOptionError */
export async function loadSnapshot(
  engine: PostgresEngine,
  key: SnapshotKey,
  readOptions: ReadOptions,
): Promise<Snapshot | undefined> {
  const options = withinOneCall(readOptions);
  const values = keyValues(key);
  const statement = prepared('load', loadSql(engine.tables.snapshots), values);
  const [row] = await onReader(engine, options, (pool) =>
    runStatement<SnapshotRow>(pool, statement, options),
  );
  if (!row) return undefined;
  const [sequenceNumber, data, checksum, createdAt] = row;
  const mark = `${sequenceNumber} ${checksum}` as SaveMark;
  if (checksumOf([...values, sequenceNumber], data) !== checksum) {
    throw new SnapshotCorruptError(key.projectionType, 'its content is not what was saved', { mark });
  }
  return {
    projectionType: key.projectionType,
    filterHash: values[1],
    sequenceNumber: Number(sequenceNumber) as SafeSequenceNumber,
    data,
    createdAt: new Date(Math.round(Number(createdAt))),
    mark,
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
  return [validProjectionType(projectionType), filter.withoutSequenceBound().hash()];
}

/** Parsed and planned anew it took 1.5 to 2 times as long, with small states and with those of 1 MB. */
function prepared<Values>(kind: string, text: string, values: Values) {
  return { name: preparedName(`snapshot_${kind}`, text), text, values };
}

/** Covers what the data belongs to as well, so that a row which was copied or renumbered is noticed. */
function checksumOf(
  belonging: readonly [projectionType: string, filterHash: string, sequenceNumber: string],
  data: string,
): string {
  // JSON of an array ends where it ends, so no two rows give the same bytes; joined to the data it would take twice the time.
  return `sha256:${createHash('sha256').update(JSON.stringify(belonging)).update(data).digest('hex')}`;
}

/** Data exceptions and exceeded limits: everything else that is sent was checked before. */
function saveFault(error: unknown): unknown {
  const cause = error instanceof EventStoreUnavailableError ? error.cause : undefined;
  if (!/^(22|54)/.test(sqlState(cause))) return error;
  return new InvalidOptionError(`The database refused the data of the snapshot: ${messageOf(cause)}`, {
    advice: adviceToStringify,
    field: 'data',
    cause,
  });
}

function saveSql(snapshots: string): string {
  return `
    INSERT INTO "${snapshots}" AS saved (projection_type, filter_hash, sequence_number, snapshot_data, checksum)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (projection_type, filter_hash) DO UPDATE
    SET sequence_number = excluded.sequence_number, snapshot_data = excluded.snapshot_data,
      checksum = excluded.checksum, created_at = excluded.created_at
    WHERE excluded.sequence_number >= saved.sequence_number
      OR saved.sequence_number || ' ' || saved.checksum = $6`;
}

function loadSql(snapshots: string): string {
  return `
    SELECT sequence_number, snapshot_data, checksum, date_part('epoch', created_at) * 1000
    FROM "${snapshots}" WHERE projection_type = $1 AND filter_hash = $2`;
}
