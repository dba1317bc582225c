import { type ColumnKinds, decodeColumns, encodeColumns } from '../../handling/columns.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import type { BooksThenAndNow, RemovedBook } from './project.ts';

/** Of a book in circulation, `removedAt` says nothing. */
interface Row extends RemovedBook {
  readonly isRemoved: boolean;
}

const kinds: ColumnKinds<Row> = {
  bookID: 'text',
  title: 'repeated',
  authors: 'repeated',
  isbn: 'text',
  addedAt: 'time',
  isRemoved: 'flag',
  removedAt: 'time',
};

/** Books in circulation and removed ones, column by column. They are never changed, so copies share them. */
export const removedBooksSnapshot: Snapshotable<BooksThenAndNow> = {
  version: 1,
  encode: (books) => encodeColumns(rowsOf(books), kinds),
  decode,
  copy: ({ inCirculation, removed }) => ({
    inCirculation: new Map(inCirculation),
    removed: new Map(removed),
  }),
};

function* rowsOf({ inCirculation, removed }: BooksThenAndNow): Generator<Row> {
  for (const book of inCirculation.values()) yield { ...book, isRemoved: false, removedAt: book.addedAt };
  for (const book of removed.values()) yield { ...book, isRemoved: true };
}

function decode(json: string): BooksThenAndNow {
  const { rows, columns } = decodeColumns(json, kinds);
  const books: BooksThenAndNow = { inCirculation: new Map(), removed: new Map() };
  for (let row = 0; row < rows; row += 1) {
    const book = {
      bookID: columns.bookID(row),
      title: columns.title(row),
      authors: columns.authors(row),
      isbn: columns.isbn(row),
      addedAt: columns.addedAt(row),
    };
    if (!columns.isRemoved(row)) books.inCirculation.set(book.bookID, book);
    else books.removed.set(book.bookID, { ...book, removedAt: columns.removedAt(row) });
  }
  return books;
}
