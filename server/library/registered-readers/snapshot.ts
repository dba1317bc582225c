import { type ColumnKinds, decodeColumns, encodeColumns } from '../../handling/columns.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import type { ReadersByID, RegisteredReader } from './project.ts';

const kinds: ColumnKinds<RegisteredReader> = { readerID: 'text', name: 'repeated', registeredAt: 'time' };

/** The readers, column by column, in the order in which they registered. They are never changed, so copies share them. */
export const readersSnapshot: Snapshotable<ReadersByID> = {
  version: 1,
  encode: (readers) => encodeColumns(readers.values(), kinds),
  decode,
  copy: (readers) => new Map(readers),
};

function decode(json: string): ReadersByID {
  const { rows, columns } = decodeColumns(json, kinds);
  const readers: ReadersByID = new Map();
  for (let row = 0; row < rows; row += 1) {
    const readerID = columns.readerID(row);
    readers.set(readerID, { readerID, name: columns.name(row), registeredAt: columns.registeredAt(row) });
  }
  return readers;
}
