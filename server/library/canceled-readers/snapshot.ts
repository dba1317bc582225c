import { type ColumnKinds, decodeColumns, encodeColumns } from '../../handling/columns.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import type { CanceledReader, ReadersThenAndNow } from './project.ts';

/** Of a registered reader, `canceledAt` says nothing. */
interface Row extends CanceledReader {
  readonly isCanceled: boolean;
}

const kinds: ColumnKinds<Row> = {
  readerID: 'text',
  name: 'repeated',
  registeredAt: 'time',
  isCanceled: 'flag',
  canceledAt: 'time',
};

/** Registered readers and canceled ones, column by column. They are never changed, so copies share them. */
export const formerReadersSnapshot: Snapshotable<ReadersThenAndNow> = {
  version: 1,
  encode: (readers) => encodeColumns(rowsOf(readers), kinds),
  decode,
  copy: ({ registered, canceled }) => ({ registered: new Map(registered), canceled: new Map(canceled) }),
};

function* rowsOf({ registered, canceled }: ReadersThenAndNow): Generator<Row> {
  for (const [readerID, reader] of registered) {
    yield { readerID, ...reader, isCanceled: false, canceledAt: reader.registeredAt };
  }
  for (const reader of canceled.values()) yield { ...reader, isCanceled: true };
}

function decode(json: string): ReadersThenAndNow {
  const { rows, columns } = decodeColumns(json, kinds);
  const readers: ReadersThenAndNow = { registered: new Map(), canceled: new Map() };
  for (let row = 0; row < rows; row += 1) {
    const [readerID, name] = [columns.readerID(row), columns.name(row)];
    const registeredAt = columns.registeredAt(row);
    if (!columns.isCanceled(row)) readers.registered.set(readerID, { name, registeredAt });
    else
      readers.canceled.set(readerID, { readerID, name, registeredAt, canceledAt: columns.canceledAt(row) });
  }
  return readers;
}
