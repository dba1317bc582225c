import * as z from 'zod';
import type { ReaderID } from '../events.ts';
import { metadataField, momentField, nameField, readerIDField } from '../input-fields.ts';
import type { EventMetadata } from '../marshal-library-event.ts';

/** Makes somebody a reader of the library. */
export interface RegisterReader {
  readonly readerID: ReaderID;
  readonly name: string;
  readonly occurredAt: Date;
  /** Of the event that the command leads to. */
  readonly metadata: EventMetadata;
}

export const registerReaderSchema: z.ZodType<RegisterReader> = z.strictObject({
  readerID: readerIDField,
  name: nameField,
  occurredAt: momentField,
  metadata: metadataField,
});
