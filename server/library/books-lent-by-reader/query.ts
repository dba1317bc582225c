import * as z from 'zod';
import type { ReaderID } from '../events.ts';
import { readerIDField } from '../input-fields.ts';

/** Asks which books one reader has at home. */
export interface BooksLentByReaderQuery {
  readonly readerID: ReaderID;
}

export const booksLentByReaderSchema: z.ZodType<BooksLentByReaderQuery> = z.strictObject({
  readerID: readerIDField,
});
