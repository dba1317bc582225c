import type { EventFilter } from '../../eventstore/event-filter.ts';
import { buildEventFilter } from '../../eventstore/event-filter-builder.ts';
import { p } from '../../eventstore/predicate.ts';
import type { CommandDefinition } from '../../handling/command-handler.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import { type BookRecord, projectBook, unknownBook } from '../book-record.ts';
import { CIRCULATION, LENDINGS } from '../event-types.ts';
import type { LibraryEvent } from '../events.ts';
import { marshalLibraryEvent } from '../marshal-library-event.ts';
import { parseLibraryEvent } from '../parse-library-event.ts';
import { bookSnapshot } from '../record-snapshots.ts';
import type { RemovingRejection } from '../rejections.ts';
import type { RemoveBookCopyFromCirculation } from './command.ts';
import { decide } from './decide.ts';

/** Takes a copy of a book out of circulation, guarded by all that happens to that book. */
export const removeBookCopyFromCirculation: CommandDefinition<
  RemoveBookCopyFromCirculation,
  LibraryEvent,
  BookRecord,
  RemovingRejection
> &
  Snapshotable<BookRecord> = {
  name: 'RemoveBookCopyFromCirculation',
  filter,
  unmarshal: parseLibraryEvent,
  initialState: unknownBook,
  project: projectBook,
  decide,
  marshal: (event, { metadata }) => marshalLibraryEvent(event, metadata),
  ...bookSnapshot,
};

function filter({ bookID }: RemoveBookCopyFromCirculation): EventFilter {
  return buildEventFilter()
    .matching()
    .anyEventTypeOf(...CIRCULATION, ...LENDINGS)
    .andAnyPredicateOf(p('BookID', bookID))
    .finalize();
}
