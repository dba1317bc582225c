import type {
  CancelingRejection,
  LendingRejection,
  RemovingRejection,
  ReturningRejection,
} from './rejections.ts';

declare const bookIDBrand: unique symbol;
declare const readerIDBrand: unique symbol;

/** One copy of a book, not a title. */
export type BookID = string & { readonly [bookIDBrand]: true };
export type ReaderID = string & { readonly [readerIDBrand]: true };

/** What a library knows about a book copy. */
export interface BookDetails {
  readonly ISBN: string;
  readonly Title: string;
  readonly Authors: string;
  readonly Edition: string;
  readonly Publisher: string;
  readonly PublicationYear: number;
}

interface OfBook {
  readonly BookID: BookID;
}

interface OfReader {
  readonly ReaderID: ReaderID;
}

interface Rejected<Reason extends string> {
  readonly Reason: Reason;
}

/** The payload of every event of the library, by type. Names are those of the stored JSON: filters match on them. */
export interface LibraryEventPayloads {
  readonly BookCopyAddedToCirculation: OfBook & BookDetails;
  readonly BookCopyRemovedFromCirculation: OfBook;
  readonly BookCopyLentToReader: OfBook & OfReader;
  readonly BookCopyReturnedByReader: OfBook & OfReader;
  readonly ReaderRegistered: OfReader & { readonly Name: string };
  readonly ReaderContractCanceled: OfReader;
  readonly LendingBookToReaderFailed: OfBook & OfReader & Rejected<LendingRejection>;
  readonly ReturningBookFromReaderFailed: OfBook & OfReader & Rejected<ReturningRejection>;
  readonly RemovingBookFromCirculationFailed: OfBook & Rejected<RemovingRejection>;
  readonly CancelingReaderContractFailed: OfReader & Rejected<CancelingRejection>;
}

export type LibraryEventType = keyof LibraryEventPayloads;

export interface LibraryEventOf<Type extends LibraryEventType> {
  readonly type: Type;
  readonly occurredAt: Date;
  readonly payload: LibraryEventPayloads[Type];
}

/** Something that happened in the library. */
export type LibraryEvent = { readonly [Type in LibraryEventType]: LibraryEventOf<Type> }[LibraryEventType];
