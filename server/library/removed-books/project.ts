import type { BookID, LibraryEvent, LibraryEventOf } from '../events.ts';

/** A book copy that the library had, as it was when it was removed. */
export interface RemovedBook {
  readonly bookID: BookID;
  readonly title: string;
  readonly authors: string;
  readonly isbn: string;
  readonly addedAt: Date;
  readonly removedAt: Date;
}

/** What is in circulation is kept for the day on which it is removed. */
export interface BooksThenAndNow {
  readonly inCirculation: Map<BookID, Omit<RemovedBook, 'removedAt'>>;
  /** In the order in which the books were removed. */
  readonly removed: Map<BookID, RemovedBook>;
}

/**
 * Folds additions and removals into the books that are gone.
 *
 * Given a book was added, when it is removed, then it is among the removed, with the details of its last addition.
 * Given a book was removed, when it is added again, then it is not; when it is removed once more, it is anew.
 * Given a book is in circulation, when it is added once more, then nothing changes.
 * Given a book is not in circulation, when it is removed, then nothing changes.
 */
export function project(books: BooksThenAndNow, events: readonly LibraryEvent[]): BooksThenAndNow {
  for (const event of events) {
    if (event.type === 'BookCopyAddedToCirculation') recordAddition(books, event);
    else if (event.type === 'BookCopyRemovedFromCirculation') recordRemoval(books, event);
  }
  return books;
}

function recordAddition(
  { inCirculation, removed }: BooksThenAndNow,
  { occurredAt, payload }: LibraryEventOf<'BookCopyAddedToCirculation'>,
): void {
  const { BookID: bookID, Title: title, Authors: authors, ISBN: isbn } = payload;
  removed.delete(bookID);
  if (!inCirculation.has(bookID)) {
    inCirculation.set(bookID, { bookID, title, authors, isbn, addedAt: occurredAt });
  }
}

function recordRemoval(
  { inCirculation, removed }: BooksThenAndNow,
  { occurredAt, payload }: LibraryEventOf<'BookCopyRemovedFromCirculation'>,
): void {
  const book = inCirculation.get(payload.BookID);
  if (book === undefined) return;
  inCirculation.delete(payload.BookID);
  removed.set(payload.BookID, { ...book, removedAt: occurredAt });
}
