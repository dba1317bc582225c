import * as z from 'zod';
import type { BookDetails, BookID, ReaderID } from './events.ts';
import type { EventMetadata } from './marshal-library-event.ts';

// Longer ones are no ids and no titles, but somebody's mistake.
const MAX_ID_LENGTH = 200;
const MAX_TEXT_LENGTH = 1_000;

// PostgreSQL's text can hold neither NUL nor half of a surrogate pair.
const storable = (text: string) => !text.includes('\0') && text.isWellFormed();

function text(shortest: number, longest: number) {
  return z
    .string()
    .min(shortest)
    .max(longest)
    .refine(storable, { params: { expected: 'text without NUL characters and without broken Unicode' } })
    .describe(`text of ${shortest} to ${longest.toLocaleString('en-US')} characters`);
}

const id = text(1, MAX_ID_LENGTH);

/** A text that may be empty. */
const textField = text(0, MAX_TEXT_LENGTH);
export const nameField = text(1, MAX_TEXT_LENGTH);

export const bookIDField: z.ZodType<BookID> = id.transform((given) => given as BookID);
export const readerIDField: z.ZodType<ReaderID> = id.transform((given) => given as ReaderID);

/** A moment as text. */
export const momentField: z.ZodType<Date> = z.iso
  .datetime({ offset: true })
  .describe('a moment in ISO 8601 with its time zone, such as 2026-02-28T15:04:05Z')
  .transform((given) => new Date(given));

export const bookDetailsField: z.ZodType<BookDetails> = z.strictObject({
  ISBN: nameField,
  Title: nameField,
  Authors: textField,
  Edition: textField,
  Publisher: textField,
  PublicationYear: z.int(),
});

export const metadataField: z.ZodType<EventMetadata> = z.strictObject({
  MessageID: id,
  CausationID: id,
  CorrelationID: id,
});
