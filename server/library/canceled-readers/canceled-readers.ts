import type { EventFilter } from '../../eventstore/event-filter.ts';
import { buildEventFilter } from '../../eventstore/event-filter-builder.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import type { QueryDefinition } from '../../handling/query-handler.ts';
import { CONTRACTS } from '../event-types.ts';
import type { LibraryEvent } from '../events.ts';
import { parseLibraryEvent } from '../parse-library-event.ts';
import type { QueryForAll } from '../query-for-all.ts';
import { type CanceledReader, project, type ReadersThenAndNow } from './project.ts';
import { formerReadersSnapshot } from './snapshot.ts';

export interface CanceledReaders {
  /** In the order in which the contracts were canceled. */
  readonly readers: readonly CanceledReader[];
  readonly count: number;
}

/** All readers who left and did not come back. Reads every registration and every cancelation. */
export const canceledReaders: QueryDefinition<QueryForAll, LibraryEvent, ReadersThenAndNow, CanceledReaders> &
  Snapshotable<ReadersThenAndNow> = {
  name: 'CanceledReaders',
  reading: 'in-batches',
  filter,
  unmarshal: parseLibraryEvent,
  initialState: () => ({ registered: new Map(), canceled: new Map() }),
  project,
  answer,
  ...formerReadersSnapshot,
};

function filter(): EventFilter {
  return buildEventFilter()
    .matching()
    .anyEventTypeOf(...CONTRACTS)
    .finalize();
}

function answer({ canceled }: ReadersThenAndNow): CanceledReaders {
  const readers = [...canceled.values()];
  return { readers, count: readers.length };
}
