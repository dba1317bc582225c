import type { EventFilter } from '../../eventstore/event-filter.ts';
import { buildEventFilter } from '../../eventstore/event-filter-builder.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import type { QueryDefinition } from '../../handling/query-handler.ts';
import { LENDINGS } from '../event-types.ts';
import type { LibraryEvent } from '../events.ts';
import { parseLibraryEvent } from '../parse-library-event.ts';
import type { QueryForAll } from '../query-for-all.ts';
import { type BookLentOut, type LoansByBookID, project } from './project.ts';
import { loansSnapshot } from './snapshot.ts';

export interface BooksLentOut {
  /** In the order in which they were lent. */
  readonly books: readonly BookLentOut[];
  readonly count: number;
}

/** All books that readers have at home, with the reader of each. Reads every loan and every return. */
export const booksLentOut: QueryDefinition<QueryForAll, LibraryEvent, LoansByBookID, BooksLentOut> &
  Snapshotable<LoansByBookID> = {
  name: 'BooksLentOut',
  reading: 'in-batches',
  filter,
  unmarshal: parseLibraryEvent,
  initialState: () => new Map(),
  project,
  answer,
  ...loansSnapshot,
};

function filter(): EventFilter {
  return buildEventFilter()
    .matching()
    .anyEventTypeOf(...LENDINGS)
    .finalize();
}

function answer(loans: LoansByBookID): BooksLentOut {
  const books = [...loans.values()];
  return { books, count: books.length };
}
