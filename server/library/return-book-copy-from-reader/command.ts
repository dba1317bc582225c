import * as z from 'zod';
import type { BookID, ReaderID } from '../events.ts';
import { bookIDField, metadataField, momentField, readerIDField } from '../input-fields.ts';
import type { EventMetadata } from '../marshal-library-event.ts';

/** Takes a copy of a book back from the reader who has it. */
export interface ReturnBookCopyFromReader {
  readonly bookID: BookID;
  readonly readerID: ReaderID;
  readonly occurredAt: Date;
  /** Of the event that the command leads to. */
  readonly metadata: EventMetadata;
}

export const returnBookCopyFromReaderSchema: z.ZodType<ReturnBookCopyFromReader> = z.strictObject({
  bookID: bookIDField,
  readerID: readerIDField,
  occurredAt: momentField,
  metadata: metadataField,
});
