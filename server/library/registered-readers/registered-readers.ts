import type { EventFilter } from '../../eventstore/event-filter.ts';
import { buildEventFilter } from '../../eventstore/event-filter-builder.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import type { QueryDefinition } from '../../handling/query-handler.ts';
import { CONTRACTS } from '../event-types.ts';
import type { LibraryEvent } from '../events.ts';
import { parseLibraryEvent } from '../parse-library-event.ts';
import type { QueryForAll } from '../query-for-all.ts';
import { project, type ReadersByID, type RegisteredReader } from './project.ts';
import { readersSnapshot } from './snapshot.ts';

export interface RegisteredReaders {
  /** In the order in which they registered. */
  readonly readers: readonly RegisteredReader[];
  readonly count: number;
}

/** All readers that the library has. Reads every registration and every cancelation. */
export const registeredReaders: QueryDefinition<QueryForAll, LibraryEvent, ReadersByID, RegisteredReaders> &
  Snapshotable<ReadersByID> = {
  name: 'RegisteredReaders',
  reading: 'in-batches',
  filter,
  unmarshal: parseLibraryEvent,
  initialState: () => new Map(),
  project,
  answer,
  ...readersSnapshot,
};

function filter(): EventFilter {
  return buildEventFilter()
    .matching()
    .anyEventTypeOf(...CONTRACTS)
    .finalize();
}

function answer(readersByID: ReadersByID): RegisteredReaders {
  const readers = [...readersByID.values()];
  return { readers, count: readers.length };
}
