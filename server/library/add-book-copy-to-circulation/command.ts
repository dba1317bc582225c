import type { BookDetails, BookID } from '../events.ts';
import type { EventMetadata } from '../marshal-library-event.ts';

/** Puts a copy of a book into circulation. */
export interface AddBookCopyToCirculation {
  readonly bookID: BookID;
  readonly details: BookDetails;
  readonly occurredAt: Date;
  /** Of the event that the command leads to. */
  readonly metadata: EventMetadata;
}
