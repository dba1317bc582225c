import type { EventFilter } from '../../eventstore/event-filter.ts';
import { buildEventFilter } from '../../eventstore/event-filter-builder.ts';
import { p } from '../../eventstore/predicate.ts';
import type { CommandDefinition } from '../../handling/command-handler.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import { CONTRACTS } from '../event-types.ts';
import type { LibraryEvent } from '../events.ts';
import { marshalLibraryEvent } from '../marshal-library-event.ts';
import { parseLibraryEvent } from '../parse-library-event.ts';
import { projectReader, type ReaderRecord, unknownReader } from '../reader-record.ts';
import { readerSnapshot } from '../record-snapshots.ts';
import type { RegisterReader } from './command.ts';
import { decide } from './decide.ts';

/** Makes somebody a reader, guarded by that reader's registrations and cancelations. */
export const registerReader: CommandDefinition<RegisterReader, LibraryEvent, ReaderRecord, never> &
  Snapshotable<ReaderRecord> = {
  name: 'RegisterReader',
  filter,
  unmarshal: parseLibraryEvent,
  initialState: unknownReader,
  project: projectReader,
  decide,
  marshal: (event, { metadata }) => marshalLibraryEvent(event, metadata),
  ...readerSnapshot,
};

function filter({ readerID }: RegisterReader): EventFilter {
  return buildEventFilter()
    .matching()
    .anyEventTypeOf(...CONTRACTS)
    .andAnyPredicateOf(p('ReaderID', readerID))
    .finalize();
}
