import type * as z from 'zod';
import { parseInput } from '../handling/input/parse-input.ts';
import { addBookCopyToCirculationSchema } from '../library/add-book-copy-to-circulation/command.ts';
import { booksLentByReaderSchema } from '../library/books-lent-by-reader/query.ts';
import { cancelReaderContractSchema } from '../library/cancel-reader-contract/command.ts';
import { finishedLendingsSchema } from '../library/finished-lendings/query.ts';
import { lendBookCopyToReaderSchema } from '../library/lend-book-copy-to-reader/command.ts';
import type { EventMetadata } from '../library/marshal-library-event.ts';
import { queryForAllSchema } from '../library/query-for-all.ts';
import { registerReaderSchema } from '../library/register-reader/command.ts';
import { removeBookCopyFromCirculationSchema } from '../library/remove-book-copy-from-circulation/command.ts';
import { returnBookCopyFromReaderSchema } from '../library/return-book-copy-from-reader/command.ts';

/** What may be given to each query of the library example from outside. */
export const QUERY_SCHEMAS = {
  BooksInCirculation: queryForAllSchema,
  BooksLentOut: queryForAllSchema,
  BooksLentByReader: booksLentByReaderSchema,
  RegisteredReaders: queryForAllSchema,
  CanceledReaders: queryForAllSchema,
  FinishedLendings: finishedLendingsSchema,
  RemovedBooks: queryForAllSchema,
} as const satisfies Readonly<Record<string, z.ZodType>>;

/** What may be given to each command of the library example from outside. */
export const COMMAND_SCHEMAS = {
  AddBookCopyToCirculation: addBookCopyToCirculationSchema,
  RemoveBookCopyFromCirculation: removeBookCopyFromCirculationSchema,
  RegisterReader: registerReaderSchema,
  CancelReaderContract: cancelReaderContractSchema,
  LendBookCopyToReader: lendBookCopyToReaderSchema,
  ReturnBookCopyFromReader: returnBookCopyFromReaderSchema,
} as const satisfies Readonly<Record<string, z.ZodType<Stamp>>>;

/** What every command says besides what is to be done: when, and under which ids its event is stored. */
export interface Stamp {
  readonly occurredAt: Date;
  readonly metadata: EventMetadata;
}

/**
 * An input from outside. A command's moment and metadata may be left out: then the stamp's are taken.
 * @throws InvalidInputError
 */
export function parseCommandInput<Command extends Stamp>(
  schema: z.ZodType<Command>,
  input: unknown,
  { handler, stamp }: { readonly handler: string; readonly stamp: Stamp },
): Command {
  // Whatever is no object is for the schema to refuse.
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return parseInput(schema, input, handler);
  }
  const stampTexts = { occurredAt: stamp.occurredAt.toISOString(), metadata: stamp.metadata };
  return parseInput(schema, { ...stampTexts, ...input }, handler);
}
