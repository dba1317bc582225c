import type { LibraryEventType } from './events.ts';

/** What brings a book into circulation and takes it out. */
export const CIRCULATION = [
  'BookCopyAddedToCirculation',
  'BookCopyRemovedFromCirculation',
] as const satisfies readonly LibraryEventType[];

/** What says who has which book at home. */
export const LENDINGS = [
  'BookCopyLentToReader',
  'BookCopyReturnedByReader',
] as const satisfies readonly LibraryEventType[];

/** What says who is a reader. */
export const CONTRACTS = [
  'ReaderRegistered',
  'ReaderContractCanceled',
] as const satisfies readonly LibraryEventType[];
