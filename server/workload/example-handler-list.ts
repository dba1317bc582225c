import type { HandlerSummary } from './runnable-handler.ts';

const EFFECT = 'Appends one event per iteration and one to warm up; they stay in the store.';

const QUERIES: Readonly<Record<string, string>> = {
  BooksInCirculation:
    'Lists every book copy of the library and whether it is lent, from the histories of all books.',
  BooksLentOut: 'Lists every book that a reader has at home, and whose it is, from all loans and returns.',
  BooksLentByReader:
    'Lists the books that one reader has at home, from the loans and returns of that reader.',
  RegisteredReaders: 'Lists every reader of the library, from all registrations and cancelations.',
  CanceledReaders:
    'Lists the readers who left and did not come back, from all registrations and cancelations.',
  FinishedLendings:
    'Lists the latest 100 lendings that ended with a return, and counts all, from all loans and returns.',
  RemovedBooks:
    'Lists the book copies that were removed and did not come back, from all additions and removals.',
};

const COMMANDS: Readonly<Record<string, string>> = {
  AddBookCopyToCirculation:
    'Puts a new book copy into circulation: reads the history of that book, then appends one event.',
  RemoveBookCopyFromCirculation:
    'Takes a book copy from the shelf out of circulation: reads the history of that book, then appends one event.',
  RegisterReader: 'Registers a new reader: reads the history of that reader, then appends one event.',
  CancelReaderContract:
    'Ends the contract of a reader without loans: reads the history of that reader, then appends one event.',
  LendBookCopyToReader:
    'Lends a book copy from the shelf to a reader: reads the histories of both, then appends one event.',
  ReturnBookCopyFromReader:
    'Takes a book copy back from its reader: reads the histories of both, then appends one event.',
};

/** The handlers of the library example, for pickers; needs no event store. */
export const EXAMPLE_HANDLERS: readonly HandlerSummary[] = [
  ...Object.entries(QUERIES).map(([name, summary]) => ({ name, kind: 'query', summary }) as const),
  ...Object.entries(COMMANDS).map(
    ([name, summary]) => ({ name, kind: 'command', summary, effect: EFFECT }) as const,
  ),
];
