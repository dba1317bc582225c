import type { EventFilter } from '../../eventstore/event-filter.ts';
import { buildEventFilter } from '../../eventstore/event-filter-builder.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import type { QueryDefinition } from '../../handling/query-handler.ts';
import { CIRCULATION, LENDINGS } from '../event-types.ts';
import type { LibraryEvent } from '../events.ts';
import { parseLibraryEvent } from '../parse-library-event.ts';
import type { QueryForAll } from '../query-for-all.ts';
import { type BookInCirculation, type BooksByID, project } from './project.ts';
import { booksSnapshot } from './snapshot.ts';

export interface BooksInCirculation {
  /** In the order in which they were added. */
  readonly books: readonly BookInCirculation[];
  readonly count: number;
}

/** All book copies that the library has, and whether each is lent. Reads the history of every book. */
export const booksInCirculation: QueryDefinition<QueryForAll, LibraryEvent, BooksByID, BooksInCirculation> &
  Snapshotable<BooksByID> = {
  name: 'BooksInCirculation',
  reading: 'in-batches',
  filter,
  unmarshal: parseLibraryEvent,
  initialState: () => new Map(),
  project,
  answer,
  ...booksSnapshot,
};

function filter(): EventFilter {
  return buildEventFilter()
    .matching()
    .anyEventTypeOf(...CIRCULATION, ...LENDINGS)
    .finalize();
}

function answer(booksByID: BooksByID): BooksInCirculation {
  const books = [...booksByID.values()];
  return { books, count: books.length };
}
