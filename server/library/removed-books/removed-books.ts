import type { EventFilter } from '../../eventstore/event-filter.ts';
import { buildEventFilter } from '../../eventstore/event-filter-builder.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import type { QueryDefinition } from '../../handling/query-handler.ts';
import { CIRCULATION } from '../event-types.ts';
import type { LibraryEvent } from '../events.ts';
import { parseLibraryEvent } from '../parse-library-event.ts';
import type { QueryForAll } from '../query-for-all.ts';
import { type BooksThenAndNow, project, type RemovedBook } from './project.ts';
import { removedBooksSnapshot } from './snapshot.ts';

export interface RemovedBooks {
  /** In the order in which they were removed. */
  readonly books: readonly RemovedBook[];
  readonly count: number;
}

/** All book copies that were removed and did not come back. Reads every addition and every removal. */
export const removedBooks: QueryDefinition<QueryForAll, LibraryEvent, BooksThenAndNow, RemovedBooks> &
  Snapshotable<BooksThenAndNow> = {
  name: 'RemovedBooks',
  reading: 'in-batches',
  filter,
  unmarshal: parseLibraryEvent,
  initialState: () => ({ inCirculation: new Map(), removed: new Map() }),
  project,
  answer,
  ...removedBooksSnapshot,
};

function filter(): EventFilter {
  return buildEventFilter()
    .matching()
    .anyEventTypeOf(...CIRCULATION)
    .finalize();
}

function answer({ removed }: BooksThenAndNow): RemovedBooks {
  const books = [...removed.values()];
  return { books, count: books.length };
}
