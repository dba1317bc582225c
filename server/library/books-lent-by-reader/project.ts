import type { BookID, LibraryEvent } from '../events.ts';

/** A book that the reader has at home. */
export interface BookLentByReader {
  readonly bookID: BookID;
  readonly lentAt: Date;
}

/** In the order in which the books were lent. */
export type ReadersBooks = Map<BookID, BookLentByReader>;

/**
 * Folds the loans and returns of one reader into the books that they have.
 *
 * Given a book was lent to the reader, when they did not return it since, then they have it since the last loan.
 * Given they returned a book, then they do not have it; lent to them once more, they have it anew.
 * Given they do not have a book, when they return it, then nothing changes.
 */
export function project(books: ReadersBooks, events: readonly LibraryEvent[]): ReadersBooks {
  for (const { type, occurredAt, payload } of events) {
    if (type === 'BookCopyLentToReader') {
      // A map keeps the place of a key that it has: out first, so that the last loan comes last.
      books.delete(payload.BookID);
      books.set(payload.BookID, { bookID: payload.BookID, lentAt: occurredAt });
    } else if (type === 'BookCopyReturnedByReader') {
      books.delete(payload.BookID);
    }
  }
  return books;
}
