import { type ColumnKinds, decodeColumns, encodeColumns } from '../../handling/columns.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import type { BookInCirculation, BooksByID } from './project.ts';

const kinds: ColumnKinds<BookInCirculation> = {
  bookID: 'text',
  title: 'repeated',
  authors: 'repeated',
  isbn: 'text',
  edition: 'repeated',
  publisher: 'repeated',
  publicationYear: 'whole',
  addedAt: 'time',
  isCurrentlyLent: 'flag',
};

/** The books, column by column, in the order in which they were added. Books are never changed, so copies share them. */
export const booksSnapshot: Snapshotable<BooksByID> = {
  version: 1,
  encode: (books) => encodeColumns(books.values(), kinds),
  decode,
  copy: (books) => new Map(books),
};

function decode(json: string): BooksByID {
  const { rows, columns } = decodeColumns(json, kinds);
  const books: BooksByID = new Map();
  for (let row = 0; row < rows; row += 1) {
    const bookID = columns.bookID(row);
    books.set(bookID, {
      bookID,
      title: columns.title(row),
      authors: columns.authors(row),
      isbn: columns.isbn(row),
      edition: columns.edition(row),
      publisher: columns.publisher(row),
      publicationYear: columns.publicationYear(row),
      addedAt: columns.addedAt(row),
      isCurrentlyLent: columns.isCurrentlyLent(row),
    });
  }
  return books;
}
