import type { EventFilter } from '../../eventstore/event-filter.ts';
import { buildEventFilter } from '../../eventstore/event-filter-builder.ts';
import { p } from '../../eventstore/predicate.ts';
import type { CommandDefinition } from '../../handling/command-handler.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import { type BookRecord, projectBook, unknownBook } from '../book-record.ts';
import { CIRCULATION } from '../event-types.ts';
import type { LibraryEvent } from '../events.ts';
import { marshalLibraryEvent } from '../marshal-library-event.ts';
import { parseLibraryEvent } from '../parse-library-event.ts';
import { bookSnapshot } from '../record-snapshots.ts';
import type { AddBookCopyToCirculation } from './command.ts';
import { decide } from './decide.ts';

/** Puts a copy of a book into circulation, guarded by that book's additions and removals. */
export const addBookCopyToCirculation: CommandDefinition<
  AddBookCopyToCirculation,
  LibraryEvent,
  BookRecord,
  never
> &
  Snapshotable<BookRecord> = {
  name: 'AddBookCopyToCirculation',
  filter,
  unmarshal: parseLibraryEvent,
  initialState: unknownBook,
  project: projectBook,
  decide,
  marshal: (event, { metadata }) => marshalLibraryEvent(event, metadata),
  ...bookSnapshot,
};

function filter({ bookID }: AddBookCopyToCirculation): EventFilter {
  return buildEventFilter()
    .matching()
    .anyEventTypeOf(...CIRCULATION)
    .andAnyPredicateOf(p('BookID', bookID))
    .finalize();
}
