import { type BookRecord, recordOfBook, unknownBook } from './book-record.ts';
import type { BookID, LibraryEvent, ReaderID } from './events.ts';
import { type ReaderRecord, recordOfReader, unknownReader } from './reader-record.ts';

/**
 * What lending and returning decide on. The events are those of one book and of one reader: of these two the records are
 * complete. They also touch other books of the reader and other readers of the book, of which they tell only a part.
 */
export interface LendingRecords {
  readonly books: Map<BookID, BookRecord>;
  readonly readers: Map<ReaderID, ReaderRecord>;
}

export function emptyLendingRecords(): LendingRecords {
  return { books: new Map(), readers: new Map() };
}

/** Folds each event into the records of its book and of its reader. Changes the records. */
export function projectLendingRecords(
  records: LendingRecords,
  events: readonly LibraryEvent[],
): LendingRecords {
  for (const event of events) {
    if ('BookID' in event.payload)
      recordOfBook(recorded(records.books, event.payload.BookID, unknownBook), event);
    if ('ReaderID' in event.payload)
      recordOfReader(recorded(records.readers, event.payload.ReaderID, unknownReader), event);
  }
  return records;
}

/** What is known of a book and of a reader; of one without any event, that nothing is. */
export function recordsOf({ books, readers }: LendingRecords, bookID: BookID, readerID: ReaderID) {
  return { book: books.get(bookID) ?? unknownBook(), reader: readers.get(readerID) ?? unknownReader() };
}

function recorded<ID, Record>(records: Map<ID, Record>, id: ID, unknown: () => Record): Record {
  const known = records.get(id);
  if (known !== undefined) return known;
  const created = unknown();
  records.set(id, created);
  return created;
}
