import { type InputField, inputFieldsOf } from '../handling/input/input-fields.ts';
import { COMMAND_SCHEMAS, QUERY_SCHEMAS } from './example-input-schemas.ts';
import type { HandlerSummary } from './runnable-handler.ts';

/** A handler as a list shows it. */
export interface ListedHandler extends HandlerSummary {
  /** What an input from outside is made of; none where there is nothing to say. */
  readonly fields: readonly InputField[];
}

const EFFECT = 'Appends one event per iteration and one to warm up; they stay in the store.';

const QUERIES: Readonly<Record<keyof typeof QUERY_SCHEMAS, string>> = {
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

const COMMANDS: Readonly<Record<keyof typeof COMMAND_SCHEMAS, string>> = {
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

const SUMMARIES: Readonly<Record<string, string>> = { ...QUERIES, ...COMMANDS };

/** Fields of every command that are made up where they are left out: see `parseCommandInput`. */
const STAMPED: readonly string[] = ['occurredAt', 'metadata'];

/** The handlers of the library example, for pickers; needs no event store. */
export const EXAMPLE_HANDLERS: readonly ListedHandler[] = [
  ...Object.entries(QUERY_SCHEMAS).map(
    ([name, schema]) =>
      ({ name, kind: 'query', summary: SUMMARIES[name] ?? '', fields: inputFieldsOf(schema) }) as const,
  ),
  ...Object.entries(COMMAND_SCHEMAS).map(
    ([name, schema]) =>
      ({
        name,
        kind: 'command',
        summary: SUMMARIES[name] ?? '',
        effect: EFFECT,
        fields: inputFieldsOf(schema).map(stampedWhenLeftOut),
      }) as const,
  ),
];

function stampedWhenLeftOut(field: InputField): InputField {
  return STAMPED.includes(field.name) ? { ...field, isRequired: false } : field;
}
