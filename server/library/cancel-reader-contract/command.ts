import * as z from 'zod';
import type { ReaderID } from '../events.ts';
import { metadataField, momentField, readerIDField } from '../input-fields.ts';
import type { EventMetadata } from '../marshal-library-event.ts';

/** Ends a reader's contract with the library. */
export interface CancelReaderContract {
  readonly readerID: ReaderID;
  readonly occurredAt: Date;
  /** Of the event that the command leads to. */
  readonly metadata: EventMetadata;
}

export const cancelReaderContractSchema: z.ZodType<CancelReaderContract> = z.strictObject({
  readerID: readerIDField,
  occurredAt: momentField,
  metadata: metadataField,
});
