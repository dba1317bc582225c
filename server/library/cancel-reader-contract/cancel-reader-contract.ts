import type { EventFilter } from '../../eventstore/event-filter.ts';
import { buildEventFilter } from '../../eventstore/event-filter-builder.ts';
import { p } from '../../eventstore/predicate.ts';
import type { CommandDefinition } from '../../handling/command-handler.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import { CONTRACTS, LENDINGS } from '../event-types.ts';
import type { LibraryEvent } from '../events.ts';
import { marshalLibraryEvent } from '../marshal-library-event.ts';
import { parseLibraryEvent } from '../parse-library-event.ts';
import { projectReader, type ReaderRecord, unknownReader } from '../reader-record.ts';
import { readerSnapshot } from '../record-snapshots.ts';
import type { CancelingRejection } from '../rejections.ts';
import type { CancelReaderContract } from './command.ts';
import { decide } from './decide.ts';

/** Ends a reader's contract, guarded by all that happens to that reader. */
export const cancelReaderContract: CommandDefinition<
  CancelReaderContract,
  LibraryEvent,
  ReaderRecord,
  CancelingRejection
> &
  Snapshotable<ReaderRecord> = {
  name: 'CancelReaderContract',
  filter,
  unmarshal: parseLibraryEvent,
  initialState: unknownReader,
  project: projectReader,
  decide,
  marshal: (event, { metadata }) => marshalLibraryEvent(event, metadata),
  ...readerSnapshot,
};

function filter({ readerID }: CancelReaderContract): EventFilter {
  return buildEventFilter()
    .matching()
    .anyEventTypeOf(...CONTRACTS, ...LENDINGS)
    .andAnyPredicateOf(p('ReaderID', readerID))
    .finalize();
}
