import type { LibraryEvent, ReaderID } from './events.ts';

/** What the history of one book says of it, for the commands that decide on it. */
export interface BookRecord {
  /** At some time, however long ago. */
  wasAdded: boolean;
  isInCirculation: boolean;
  /** Who has it at home. */
  borrower: ReaderID | null;
}

export function unknownBook(): BookRecord {
  return { wasAdded: false, isInCirculation: false, borrower: null };
}

/** Folds events of this one book, and may be given others. Changes the record. */
export function projectBook(book: BookRecord, events: readonly LibraryEvent[]): BookRecord {
  for (const event of events) recordOfBook(book, event);
  return book;
}

/**
 * Given a book was added, then it is in circulation; it once was added for good.
 * Given a book was removed, then it is not in circulation, and nobody has it.
 * Given a book was lent, then the reader of the last loan has it until it is returned or removed.
 */
export function recordOfBook(book: BookRecord, event: LibraryEvent): void {
  switch (event.type) {
    case 'BookCopyAddedToCirculation':
      book.wasAdded = true;
      book.isInCirculation = true;
      break;
    case 'BookCopyRemovedFromCirculation':
      book.isInCirculation = false;
      book.borrower = null;
      break;
    case 'BookCopyLentToReader':
      book.borrower = event.payload.ReaderID;
      break;
    case 'BookCopyReturnedByReader':
      book.borrower = null;
      break;
  }
}
