import * as z from 'zod';
import type { BookID, ReaderID } from '../events.ts';
import { bookIDField, metadataField, momentField, readerIDField } from '../input-fields.ts';
import type { EventMetadata } from '../marshal-library-event.ts';

/** Lends a copy of a book to a reader. */
export interface LendBookCopyToReader {
  readonly bookID: BookID;
  readonly readerID: ReaderID;
  readonly occurredAt: Date;
  /** Of the event that the command leads to. */
  readonly metadata: EventMetadata;
}

export const lendBookCopyToReaderSchema: z.ZodType<LendBookCopyToReader> = z.strictObject({
  bookID: bookIDField,
  readerID: readerIDField,
  occurredAt: momentField,
  metadata: metadataField,
});
