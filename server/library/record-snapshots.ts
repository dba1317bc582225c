import * as z from 'zod';
import type { Snapshotable } from '../handling/projection.ts';
import type { BookRecord } from './book-record.ts';
import { bookIDField, readerIDField } from './input-fields.ts';
import type { LendingRecords } from './lending-records.ts';
import type { ReaderRecord } from './reader-record.ts';

/*
 * What commands decide on, as JSON. These states are small: a schema checks all of it when it is read. Each is copied
 * whole, because folding changes the records themselves.
 */

const bookSchema: z.ZodType<BookRecord> = z.strictObject({
  wasAdded: z.boolean(),
  isInCirculation: z.boolean(),
  borrower: readerIDField.nullable(),
});

const readerSchema = z.strictObject({
  wasRegistered: z.boolean(),
  isRegistered: z.boolean(),
  loans: z.array(bookIDField),
  returned: z.array(bookIDField),
});

const lendingSchema = z.strictObject({
  books: z.array(z.tuple([bookIDField, bookSchema])),
  readers: z.array(z.tuple([readerIDField, readerSchema])),
});

export const bookSnapshot: Snapshotable<BookRecord> = {
  version: 1,
  encode: (book) => JSON.stringify(book),
  decode: (json) => bookSchema.parse(JSON.parse(json)),
  copy: (book) => ({ ...book }),
};

export const readerSnapshot: Snapshotable<ReaderRecord> = {
  version: 1,
  encode: (reader) => JSON.stringify(writtenReader(reader)),
  decode: (json) => readReader(readerSchema.parse(JSON.parse(json))),
  copy: readReader,
};

export const lendingSnapshot: Snapshotable<LendingRecords> = {
  version: 1,
  encode: ({ books, readers }) =>
    JSON.stringify({
      books: [...books],
      readers: Array.from(readers, ([id, reader]) => [id, writtenReader(reader)]),
    }),
  decode(json) {
    const { books, readers } = lendingSchema.parse(JSON.parse(json));
    return {
      books: new Map(books),
      readers: new Map(readers.map(([id, reader]) => [id, readReader(reader)])),
    };
  },
  copy: ({ books, readers }) => ({
    books: new Map(Array.from(books, ([id, book]) => [id, { ...book }])),
    readers: new Map(Array.from(readers, ([id, reader]) => [id, readReader(reader)])),
  }),
};

function writtenReader({ loans, returned, ...reader }: ReaderRecord): z.infer<typeof readerSchema> {
  return { ...reader, loans: [...loans], returned: [...returned] };
}

/** From what is written, or from another record: neither shares anything with the new one. */
function readReader({
  loans,
  returned,
  ...reader
}: z.infer<typeof readerSchema> | ReaderRecord): ReaderRecord {
  return { ...reader, loans: new Set(loans), returned: new Set(returned) };
}
