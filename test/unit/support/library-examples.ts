import type {
  BookDetails,
  BookID,
  LibraryEvent,
  LibraryEventOf,
  ReaderID,
} from '../../../server/library/events.ts';
import type { EventMetadata } from '../../../server/library/marshal-library-event.ts';

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

export function removed(BookID: BookID, occurredAt = at(10)): LibraryEvent {
  return { type: 'BookCopyRemovedFromCirculation', occurredAt, payload: { BookID } };
}

export function lent(BookID: BookID, ReaderID: ReaderID, occurredAt = at(11)): LibraryEvent {
  return { type: 'BookCopyLentToReader', occurredAt, payload: { BookID, ReaderID } };
}

export function returned(BookID: BookID, ReaderID: ReaderID, occurredAt = at(12)): LibraryEvent {
  return { type: 'BookCopyReturnedByReader', occurredAt, payload: { BookID, ReaderID } };
}

export function registered(ReaderID: ReaderID, Name = 'Ada', occurredAt = at(8)): LibraryEvent {
  return { type: 'ReaderRegistered', occurredAt, payload: { ReaderID, Name } };
}

export function canceled(ReaderID: ReaderID, occurredAt = at(14)): LibraryEvent {
  return { type: 'ReaderContractCanceled', occurredAt, payload: { ReaderID } };
}

/** Of every command in examples. */
export const metadata: EventMetadata = { MessageID: 'm', CausationID: 'c', CorrelationID: 'r' };
