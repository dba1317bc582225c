import type { EventFilter } from '../../eventstore/event-filter.ts';
import { buildEventFilter } from '../../eventstore/event-filter-builder.ts';
import { p } from '../../eventstore/predicate.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import type { QueryDefinition } from '../../handling/query-handler.ts';
import { LENDINGS } from '../event-types.ts';
import type { LibraryEvent, ReaderID } from '../events.ts';
import { parseLibraryEvent } from '../parse-library-event.ts';
import { type BookLentByReader, project, type ReadersBooks } from './project.ts';
import type { BooksLentByReaderQuery } from './query.ts';
import { readersBooksSnapshot } from './snapshot.ts';

export interface BooksLentByReader {
  readonly readerID: ReaderID;
  /** In the order in which they were lent. */
  readonly books: readonly BookLentByReader[];
  readonly count: number;
}

/** The books that one reader has at home; none for somebody who is no reader. Reads that reader's loans and returns. */
export const booksLentByReader: QueryDefinition<
  BooksLentByReaderQuery,
  LibraryEvent,
  ReadersBooks,
  BooksLentByReader
> &
  Snapshotable<ReadersBooks> = {
  name: 'BooksLentByReader',
  reading: 'at-once',
  filter,
  unmarshal: parseLibraryEvent,
  initialState: () => new Map(),
  project,
  answer,
  ...readersBooksSnapshot,
};

function filter({ readerID }: BooksLentByReaderQuery): EventFilter {
  return buildEventFilter()
    .matching()
    .anyEventTypeOf(...LENDINGS)
    .andAnyPredicateOf(p('ReaderID', readerID))
    .finalize();
}

function answer(lent: ReadersBooks, { readerID }: BooksLentByReaderQuery): BooksLentByReader {
  const books = [...lent.values()];
  return { readerID, books, count: books.length };
}
