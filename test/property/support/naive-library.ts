import type {
  BookID,
  LibraryEvent,
  LibraryEventOf,
  LibraryEventType,
  ReaderID,
} from '../../../server/library/events.ts';

/** What somebody may ask of the library, in one shape for all commands. */
export interface Request {
  readonly command:
    | 'AddBookCopyToCirculation'
    | 'RemoveBookCopyFromCirculation'
    | 'RegisterReader'
    | 'CancelReaderContract'
    | 'LendBookCopyToReader'
    | 'ReturnBookCopyFromReader';
  readonly book: BookID;
  readonly reader: ReaderID;
}

/** The event type that is to be stored, or a reason for refusing, or nothing. */
export type Expected =
  | { readonly outcome: 'accepted'; readonly stored: LibraryEventType }
  | { readonly outcome: 'rejected'; readonly stored: LibraryEventType; readonly reason: string }
  | { readonly outcome: 'idempotent' };

/**
 * The library's rules as questions to the whole list of events: each answer looks back through all of them, nothing is
 * folded, and nothing is shared with the handlers.
 */
export function naiveOutcome(all: readonly LibraryEvent[], request: Request): Expected {
  return OUTCOMES[request.command](all, request);
}

type OutcomeOf = (all: readonly LibraryEvent[], request: Request) => Expected;

const OUTCOMES: Readonly<Record<Request['command'], OutcomeOf>> = {
  AddBookCopyToCirculation: (all, { book }) =>
    isInCirculation(all, book) ? idempotent : accepted('BookCopyAddedToCirculation'),
  RemoveBookCopyFromCirculation: (all, { book }) => {
    const failed = 'RemovingBookFromCirculationFailed';
    if (!happened(all, 'BookCopyAddedToCirculation', { book }))
      return refused(failed, 'book was never added');
    if (!isInCirculation(all, book)) return idempotent;
    if (borrowerOf(all, book) !== undefined) return refused(failed, 'book is currently lent');
    return accepted('BookCopyRemovedFromCirculation');
  },
  RegisterReader: (all, { reader }) =>
    isRegistered(all, reader) ? idempotent : accepted('ReaderRegistered'),
  CancelReaderContract: (all, { reader }) => {
    if (!isRegistered(all, reader)) return idempotent;
    if (booksOf(all, reader).length === 0) return accepted('ReaderContractCanceled');
    return refused('CancelingReaderContractFailed', 'reader has outstanding loans');
  },
  LendBookCopyToReader: (all, { book, reader }) => {
    const failed = 'LendingBookToReaderFailed';
    if (borrowerOf(all, book) === reader) return idempotent;
    if (!isRegistered(all, reader)) return refused(failed, 'reader not registered');
    if (!isInCirculation(all, book)) return refused(failed, 'book not in circulation');
    if (borrowerOf(all, book) !== undefined) return refused(failed, 'book already lent');
    if (booksOf(all, reader).length >= 10) return refused(failed, 'reader has 10 books');
    return accepted('BookCopyLentToReader');
  },
  ReturnBookCopyFromReader: (all, { book, reader }) => {
    const failed = 'ReturningBookFromReaderFailed';
    if (!happened(all, 'BookCopyAddedToCirculation', { book }))
      return refused(failed, 'book was never added');
    if (!happened(all, 'ReaderRegistered', { reader })) return refused(failed, 'reader was never registered');
    if (borrowerOf(all, book) === reader) return accepted('BookCopyReturnedByReader');
    if (happened(all, 'BookCopyReturnedByReader', { book, reader })) return idempotent;
    return refused(failed, 'book is not lent to this reader');
  },
};

const idempotent: Expected = { outcome: 'idempotent' };

function accepted(stored: LibraryEventType): Expected {
  return { outcome: 'accepted', stored };
}

function refused(stored: LibraryEventType, reason: string): Expected {
  return { outcome: 'rejected', stored, reason };
}

/** The answers of all queries, of a lawful history. */
export function naiveAnswers(all: readonly LibraryEvent[], reader: ReaderID) {
  const open = ofType(all, 'BookCopyLentToReader').filter(
    (loan) => !happenedAfter(all, loan, 'BookCopyReturnedByReader', { book: loan.payload.BookID }),
  );
  const registrations = ofType(all, 'ReaderRegistered').filter(
    (event) => !happenedAfter(all, event, 'ReaderContractCanceled', { reader: event.payload.ReaderID }),
  );
  const cancelations = ofType(all, 'ReaderContractCanceled').filter(
    (event) => !happenedAfter(all, event, 'ReaderRegistered', { reader: event.payload.ReaderID }),
  );
  const removals = ofType(all, 'BookCopyRemovedFromCirculation').filter(
    (event) => !happenedAfter(all, event, 'BookCopyAddedToCirculation', { book: event.payload.BookID }),
  );
  return {
    BooksLentOut: listed(
      'books',
      open.map(({ payload, occurredAt }) => ({
        bookID: payload.BookID,
        readerID: payload.ReaderID,
        lentAt: occurredAt,
      })),
    ),
    BooksLentByReader: {
      readerID: reader,
      ...listed(
        'books',
        open
          .filter(({ payload }) => payload.ReaderID === reader)
          .map(({ payload, occurredAt }) => ({ bookID: payload.BookID, lentAt: occurredAt })),
      ),
    },
    RegisteredReaders: listed(
      'readers',
      registrations.map(({ payload, occurredAt }) => ({
        readerID: payload.ReaderID,
        name: payload.Name,
        registeredAt: occurredAt,
      })),
    ),
    CanceledReaders: listed(
      'readers',
      cancelations.map((event) => {
        const { ReaderID } = event.payload;
        const start = lastBefore(all, event, 'ReaderRegistered', { reader: ReaderID });
        return {
          readerID: ReaderID,
          name: start?.payload.Name,
          registeredAt: start?.occurredAt,
          canceledAt: event.occurredAt,
        };
      }),
    ),
    RemovedBooks: listed(
      'books',
      removals.map((event) => {
        const { BookID } = event.payload;
        const addition = lastBefore(all, event, 'BookCopyAddedToCirculation', { book: BookID });
        return {
          bookID: BookID,
          title: addition?.payload.Title,
          authors: addition?.payload.Authors,
          isbn: addition?.payload.ISBN,
          addedAt: addition?.occurredAt,
          removedAt: event.occurredAt,
        };
      }),
    ),
    FinishedLendings: ofType(all, 'BookCopyReturnedByReader')
      .map((event) => {
        const { BookID, ReaderID } = event.payload;
        const loan = lastBefore(all, event, 'BookCopyLentToReader', { book: BookID });
        return {
          bookID: BookID,
          readerID: ReaderID,
          lentAt: loan?.occurredAt,
          returnedAt: event.occurredAt,
        };
      })
      // Sorting is stable: returns of the same moment stay in the order of events.
      .sort((a, b) => a.returnedAt.getTime() - b.returnedAt.getTime()),
  };
}

interface About {
  readonly book?: BookID;
  readonly reader?: ReaderID;
}

function ofType<Type extends LibraryEventType>(all: readonly LibraryEvent[], type: Type) {
  return all.filter((event): event is LibraryEventOf<Type> & LibraryEvent => event.type === type);
}

function isAbout({ payload }: LibraryEvent, { book, reader }: About): boolean {
  const sameBook = book === undefined || ('BookID' in payload && payload.BookID === book);
  return sameBook && (reader === undefined || ('ReaderID' in payload && payload.ReaderID === reader));
}

function happened(all: readonly LibraryEvent[], type: LibraryEventType, about: About): boolean {
  return all.some((event) => event.type === type && isAbout(event, about));
}

function happenedAfter(
  all: readonly LibraryEvent[],
  event: LibraryEvent,
  ...[type, about]: [LibraryEventType, About]
): boolean {
  return happened(all.slice(all.indexOf(event) + 1), type, about);
}

function lastBefore<Type extends LibraryEventType>(
  all: readonly LibraryEvent[],
  event: LibraryEvent,
  ...[type, about]: [Type, About]
) {
  return ofType(all.slice(0, all.indexOf(event)), type).findLast((other) => isAbout(other, about));
}

function isInCirculation(all: readonly LibraryEvent[], book: BookID): boolean {
  const last = all.findLast(
    (event) =>
      isAbout(event, { book }) &&
      ['BookCopyAddedToCirculation', 'BookCopyRemovedFromCirculation'].includes(event.type),
  );
  return last?.type === 'BookCopyAddedToCirculation';
}

function isRegistered(all: readonly LibraryEvent[], reader: ReaderID): boolean {
  const last = all.findLast(
    (event) =>
      isAbout(event, { reader }) && ['ReaderRegistered', 'ReaderContractCanceled'].includes(event.type),
  );
  return last?.type === 'ReaderRegistered';
}

function borrowerOf(all: readonly LibraryEvent[], book: BookID): ReaderID | undefined {
  const last = all.findLast(
    (event) =>
      isAbout(event, { book }) && ['BookCopyLentToReader', 'BookCopyReturnedByReader'].includes(event.type),
  );
  return last?.type === 'BookCopyLentToReader' ? last.payload.ReaderID : undefined;
}

function booksOf(all: readonly LibraryEvent[], reader: ReaderID): BookID[] {
  const ever = new Set(ofType(all, 'BookCopyLentToReader').map(({ payload }) => payload.BookID));
  return [...ever].filter((book) => borrowerOf(all, book) === reader);
}

function listed<Name extends string, Item>(name: Name, items: readonly Item[]) {
  return { [name]: items, count: items.length };
}
