import { type ColumnKinds, decodeColumns, encodeColumns } from '../../handling/columns.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import type { BookLentByReader, ReadersBooks } from './project.ts';

const kinds: ColumnKinds<BookLentByReader> = { bookID: 'text', lentAt: 'time' };

/** The reader's books, column by column. Books are never changed, so copies share them. */
export const readersBooksSnapshot: Snapshotable<ReadersBooks> = {
  version: 1,
  encode: (books) => encodeColumns(books.values(), kinds),
  decode,
  copy: (books) => new Map(books),
};

function decode(json: string): ReadersBooks {
  const { rows, columns } = decodeColumns(json, kinds);
  const books: ReadersBooks = new Map();
  for (let row = 0; row < rows; row += 1) {
    const bookID = columns.bookID(row);
    books.set(bookID, { bookID, lentAt: columns.lentAt(row) });
  }
  return books;
}
