import type { BooksInCirculation } from '../../../server/library/books-in-circulation/books-in-circulation.ts';
import type { LibraryEvent } from '../../../server/library/events.ts';

/**
 * The same answer by looking back instead of folding: for each addition, whether it is the one that counts, and what
 * came last after it. Quadratic per book, and shares nothing with the projection.
 */
export function naiveBooksInCirculation(events: readonly LibraryEvent[]): BooksInCirculation {
  const ofBook = Map.groupBy(
    events.map((event, index) => ({ event, index })),
    ({ event }) => ('BookID' in event.payload ? event.payload.BookID : undefined),
  );
  const found = [...ofBook.values()].flatMap((history) => bookOf(history));
  const books = found.sort((a, b) => a.index - b.index).map(({ book }) => book);
  return { books, count: books.length };
}

interface Indexed {
  readonly event: LibraryEvent;
  readonly index: number;
}

function bookOf(history: readonly Indexed[]) {
  const lastRemoval = history.findLastIndex(({ event }) => event.type === 'BookCopyRemovedFromCirculation');
  const sinceRemoval = history.slice(lastRemoval + 1);
  const start = sinceRemoval.findIndex(({ event }) => event.type === 'BookCopyAddedToCirculation');
  const addition = sinceRemoval[start];
  if (addition?.event.type !== 'BookCopyAddedToCirculation') return [];
  const { payload, occurredAt } = addition.event;
  const { BookID, ISBN, Title, Authors, Edition, Publisher, PublicationYear } = payload;
  const lastLoan = sinceRemoval
    .slice(start)
    .findLast(
      ({ event: { type } }) => type === 'BookCopyLentToReader' || type === 'BookCopyReturnedByReader',
    );
  const book = {
    bookID: BookID,
    title: Title,
    authors: Authors,
    isbn: ISBN,
    edition: Edition,
    publisher: Publisher,
    publicationYear: PublicationYear,
    addedAt: occurredAt,
    isCurrentlyLent: lastLoan?.event.type === 'BookCopyLentToReader',
  };
  return [{ index: addition.index, book }];
}
