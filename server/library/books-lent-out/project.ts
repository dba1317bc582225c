import type { BookID, LibraryEvent, ReaderID } from '../events.ts';

/** A book that a reader has at home. */
export interface BookLentOut {
  readonly bookID: BookID;
  readonly readerID: ReaderID;
  readonly lentAt: Date;
}

/** In the order in which the books were lent. */
export type LoansByBookID = Map<BookID, BookLentOut>;

/**
 * Folds loans and returns into the books that are lent out.
 *
 * Given a book was lent, when nobody returned it since, then it is lent out to the reader of the last loan, since then.
 * Given a book was returned, then it is not lent out, whoever had it; lent once more, it is lent out anew.
 * Given a book is not lent, when it is returned, then nothing changes.
 */
export function project(loans: LoansByBookID, events: readonly LibraryEvent[]): LoansByBookID {
  for (const { type, occurredAt, payload } of events) {
    if (type === 'BookCopyLentToReader') {
      // A map keeps the place of a key that it has: out first, so that the last loan comes last.
      loans.delete(payload.BookID);
      loans.set(payload.BookID, { bookID: payload.BookID, readerID: payload.ReaderID, lentAt: occurredAt });
    } else if (type === 'BookCopyReturnedByReader') {
      loans.delete(payload.BookID);
    }
  }
  return loans;
}
