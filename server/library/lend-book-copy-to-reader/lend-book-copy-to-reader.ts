import type { EventFilter } from '../../eventstore/event-filter.ts';
import { buildEventFilter } from '../../eventstore/event-filter-builder.ts';
import { p } from '../../eventstore/predicate.ts';
import type { CommandDefinition } from '../../handling/command-handler.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import { CIRCULATION, CONTRACTS, LENDINGS } from '../event-types.ts';
import type { LibraryEvent } from '../events.ts';
import { emptyLendingRecords, type LendingRecords, projectLendingRecords } from '../lending-records.ts';
import { marshalLibraryEvent } from '../marshal-library-event.ts';
import { parseLibraryEvent } from '../parse-library-event.ts';
import { lendingSnapshot } from '../record-snapshots.ts';
import type { LendingRejection } from '../rejections.ts';
import type { LendBookCopyToReader } from './command.ts';
import { decide } from './decide.ts';

/** Lends a copy of a book to a reader, guarded by all that happens to that book or to that reader. */
export const lendBookCopyToReader: CommandDefinition<
  LendBookCopyToReader,
  LibraryEvent,
  LendingRecords,
  LendingRejection
> &
  Snapshotable<LendingRecords> = {
  name: 'LendBookCopyToReader',
  filter,
  unmarshal: parseLibraryEvent,
  initialState: emptyLendingRecords,
  project: projectLendingRecords,
  decide,
  marshal: (event, { metadata }) => marshalLibraryEvent(event, metadata),
  ...lendingSnapshot,
};

function filter({ bookID, readerID }: LendBookCopyToReader): EventFilter {
  return buildEventFilter()
    .matching()
    .anyEventTypeOf(...CIRCULATION, ...LENDINGS, ...CONTRACTS)
    .andAnyPredicateOf(p('BookID', bookID), p('ReaderID', readerID))
    .finalize();
}
