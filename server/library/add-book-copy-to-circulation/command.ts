import * as z from 'zod';
import type { BookDetails, BookID } from '../events.ts';
import { bookDetailsField, bookIDField, metadataField, momentField } from '../input-fields.ts';
import type { EventMetadata } from '../marshal-library-event.ts';

/** Puts a copy of a book into circulation. */
export interface AddBookCopyToCirculation {
  readonly bookID: BookID;
  readonly details: BookDetails;
  readonly occurredAt: Date;
  /** Of the event that the command leads to. */
  readonly metadata: EventMetadata;
}

export const addBookCopyToCirculationSchema: z.ZodType<AddBookCopyToCirculation> = z.strictObject({
  bookID: bookIDField,
  details: bookDetailsField,
  occurredAt: momentField,
  metadata: metadataField,
});
