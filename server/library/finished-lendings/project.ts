import type { BookID, LibraryEvent, LibraryEventOf, ReaderID } from '../events.ts';

/** A loan from the day on which the reader got the book to the day on which it came back. */
export interface FinishedLending {
  readonly bookID: BookID;
  readonly readerID: ReaderID;
  readonly lentAt: Date;
  readonly returnedAt: Date;
}

export interface Lendings {
  readonly open: Map<BookID, Omit<FinishedLending, 'returnedAt'>>;
  /** By the time of the return, those of the same moment in the order of events. */
  readonly finished: FinishedLending[];
}

/**
 * Folds loans and returns into the lendings that are over.
 *
 * Given a book was lent, when it is returned, then that lending is finished; each further loan is another lending.
 * Given a book is lent, when it is lent to somebody else without a return between, then the earlier loan has no end.
 * Given a book is not lent, when it is returned, then nothing changes.
 */
export function project(lendings: Lendings, events: readonly LibraryEvent[]): Lendings {
  for (const event of events) {
    if (event.type === 'BookCopyLentToReader') open(lendings, event);
    else if (event.type === 'BookCopyReturnedByReader') finish(lendings, event);
  }
  return lendings;
}

function open(lendings: Lendings, { occurredAt, payload }: LibraryEventOf<'BookCopyLentToReader'>): void {
  const { BookID: bookID, ReaderID: readerID } = payload;
  lendings.open.set(bookID, { bookID, readerID, lentAt: occurredAt });
}

function finish(
  lendings: Lendings,
  { occurredAt, payload }: LibraryEventOf<'BookCopyReturnedByReader'>,
): void {
  const loan = lendings.open.get(payload.BookID);
  if (loan === undefined) return;
  lendings.open.delete(payload.BookID);
  const { bookID, readerID, lentAt } = loan;
  insert(lendings.finished, { bookID, readerID, lentAt, returnedAt: occurredAt });
}

// Events are numbered as they are stored, and dated before: returns of the same moment may come a little out of order.
function insert(finished: FinishedLending[], lending: FinishedLending): void {
  const last = finished.at(-1);
  if (last === undefined || last.returnedAt <= lending.returnedAt) finished.push(lending);
  else finished.splice(placeOf(lending, finished), 0, lending);
}

/** Behind all that were returned earlier or at the same moment. */
function placeOf({ returnedAt }: FinishedLending, finished: readonly FinishedLending[]): number {
  let [from, to] = [0, finished.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const other = finished[middle];
    if (other !== undefined && other.returnedAt <= returnedAt) from = middle + 1;
    else to = middle;
  }
  return from;
}
