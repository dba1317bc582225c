import type { BookDetails, BookID, ReaderID } from '../../library/events.ts';

interface OfBook {
  readonly bookID: BookID;
}

interface OfReader {
  readonly readerID: ReaderID;
}

/** What somebody in the library does, by the handler that does it for them. */
export type LibraryCommandAction =
  | (OfBook & OfReader & { readonly handler: 'LendBookCopyToReader' | 'ReturnBookCopyFromReader' })
  | (OfBook & { readonly handler: 'AddBookCopyToCirculation'; readonly details: BookDetails })
  | (OfBook & { readonly handler: 'RemoveBookCopyFromCirculation' })
  | (OfReader & { readonly handler: 'RegisterReader'; readonly name: string })
  | (OfReader & { readonly handler: 'CancelReaderContract' });

export type LibraryQueryAction =
  | (OfReader & { readonly handler: 'BooksLentByReader' })
  | { readonly handler: CollectiveQuery };

/** Queries about the whole library: those that snapshots are for. */
export const COLLECTIVE_QUERIES = [
  'BooksInCirculation',
  'BooksLentOut',
  'RegisteredReaders',
  'CanceledReaders',
  'FinishedLendings',
  'RemovedBooks',
] as const;

export type CollectiveQuery = (typeof COLLECTIVE_QUERIES)[number];

export type LibraryAction = LibraryCommandAction | LibraryQueryAction;

/**
 * How an action ended, exactly one of these. `cancelled`: it was ended before it was done, nothing is stored. `failed`:
 * a fault, nothing is stored. `unknown`: nobody knows whether it is stored, not even who looked.
 */
export const ACTION_OUTCOMES = [
  'accepted',
  'idempotent',
  'rejected',
  'answered',
  'cancelled',
  'failed',
  'unknown',
] as const;

export type ActionOutcome = (typeof ACTION_OUTCOMES)[number];

/** An action with what its outcome means for the world that it was chosen in. */
export interface ChosenAction {
  readonly action: LibraryAction;
  /** To be called exactly once, with how it ended: what it held is free again. */
  settle(outcome: ActionOutcome): void;
}
