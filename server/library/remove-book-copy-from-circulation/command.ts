import * as z from 'zod';
import type { BookID } from '../events.ts';
import { bookIDField, metadataField, momentField } from '../input-fields.ts';
import type { EventMetadata } from '../marshal-library-event.ts';

/** Takes a copy of a book out of circulation. */
export interface RemoveBookCopyFromCirculation {
  readonly bookID: BookID;
  readonly occurredAt: Date;
  /** Of the event that the command leads to. */
  readonly metadata: EventMetadata;
}

export const removeBookCopyFromCirculationSchema: z.ZodType<RemoveBookCopyFromCirculation> = z.strictObject({
  bookID: bookIDField,
  occurredAt: momentField,
  metadata: metadataField,
});
