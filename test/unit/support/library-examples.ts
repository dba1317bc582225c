import type {
  BookDetails,
  BookID,
  LibraryEvent,
  LibraryEventOf,
  ReaderID,
} from '../../../server/library/events.ts';

export const emma = 'book-emma' as BookID;
export const ulysses = 'book-ulysses' as BookID;
export const ada = 'reader-ada' as ReaderID;
export const bob = 'reader-bob' as ReaderID;

export const details: BookDetails = {
  ISBN: '978-0-1414-3958-7',
  Title: 'Emma',
  Authors: 'Jane Austen',
  Edition: '1st Edition',
  Publisher: 'Northgate University Press',
  PublicationYear: 2003,
};

/** The given hour of a day on which everything happens. */
export function at(hour: number): Date {
  return new Date(Date.UTC(2025, 0, 20, hour));
}

export function added(
  BookID: BookID,
  occurredAt = at(9),
  book = details,
): LibraryEventOf<'BookCopyAddedToCirculation'> {
  return { type: 'BookCopyAddedToCirculation', occurredAt, payload: { BookID, ...book } };
}

export function removed(BookID: BookID): LibraryEvent {
  return { type: 'BookCopyRemovedFromCirculation', occurredAt: at(10), payload: { BookID } };
}

export function lent(BookID: BookID, ReaderID: ReaderID): LibraryEvent {
  return { type: 'BookCopyLentToReader', occurredAt: at(11), payload: { BookID, ReaderID } };
}

export function returned(BookID: BookID, ReaderID: ReaderID): LibraryEvent {
  return { type: 'BookCopyReturnedByReader', occurredAt: at(12), payload: { BookID, ReaderID } };
}

export function registered(ReaderID: ReaderID, Name = 'Ada', occurredAt = at(8)): LibraryEvent {
  return { type: 'ReaderRegistered', occurredAt, payload: { ReaderID, Name } };
}

export function canceled(ReaderID: ReaderID, occurredAt = at(14)): LibraryEvent {
  return { type: 'ReaderContractCanceled', occurredAt, payload: { ReaderID } };
}
