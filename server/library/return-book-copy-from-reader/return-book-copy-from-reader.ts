import type { EventFilter } from '../../eventstore/event-filter.ts';
import { buildEventFilter } from '../../eventstore/event-filter-builder.ts';
import { p } from '../../eventstore/predicate.ts';
import type { CommandDefinition } from '../../handling/command-handler.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import type { LibraryEvent } from '../events.ts';
import { emptyLendingRecords, type LendingRecords, projectLendingRecords } from '../lending-records.ts';
import { marshalLibraryEvent } from '../marshal-library-event.ts';
import { parseLibraryEvent } from '../parse-library-event.ts';
import { lendingSnapshot } from '../record-snapshots.ts';
import type { ReturningRejection } from '../rejections.ts';
import type { ReturnBookCopyFromReader } from './command.ts';
import { decide } from './decide.ts';

/**
 * Takes a copy of a book back from a reader, guarded by what happens to that book or to that reader. Removals and
 * cancelations cannot matter: neither is possible as long as the reader has the book.
 */
export const returnBookCopyFromReader: CommandDefinition<
  ReturnBookCopyFromReader,
  LibraryEvent,
  LendingRecords,
  ReturningRejection
> &
  Snapshotable<LendingRecords> = {
  name: 'ReturnBookCopyFromReader',
  filter,
  unmarshal: parseLibraryEvent,
  initialState: emptyLendingRecords,
  project: projectLendingRecords,
  decide,
  marshal: (event, { metadata }) => marshalLibraryEvent(event, metadata),
  ...lendingSnapshot,
};

function filter({ bookID, readerID }: ReturnBookCopyFromReader): EventFilter {
  return buildEventFilter()
    .matching()
    .anyEventTypeOf(
      'BookCopyAddedToCirculation',
      'BookCopyLentToReader',
      'BookCopyReturnedByReader',
      'ReaderRegistered',
    )
    .andAnyPredicateOf(p('BookID', bookID), p('ReaderID', readerID))
    .finalize();
}
