import type { EventFilter } from '../../eventstore/event-filter.ts';
import { buildEventFilter } from '../../eventstore/event-filter-builder.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import type { QueryDefinition } from '../../handling/query-handler.ts';
import { LENDINGS } from '../event-types.ts';
import type { LibraryEvent } from '../events.ts';
import { parseLibraryEvent } from '../parse-library-event.ts';
import { type FinishedLending, type Lendings, project } from './project.ts';
import type { FinishedLendingsQuery } from './query.ts';
import { lendingsSnapshot } from './snapshot.ts';

export interface FinishedLendings {
  readonly lendings: readonly FinishedLending[];
  /** Of the lendings in this answer. */
  readonly count: number;
  /** Of all finished lendings, whatever the query's `maxResults`. */
  readonly totalCount: number;
}

/** Lendings that ended with a return, by its time. Reads every loan and every return. */
export const finishedLendings: QueryDefinition<
  FinishedLendingsQuery,
  LibraryEvent,
  Lendings,
  FinishedLendings
> &
  Snapshotable<Lendings> = {
  name: 'FinishedLendings',
  reading: 'in-batches',
  filter,
  unmarshal: parseLibraryEvent,
  initialState: () => ({ open: new Map(), finished: [] }),
  project,
  answer,
  ...lendingsSnapshot,
};

function filter(): EventFilter {
  return buildEventFilter()
    .matching()
    .anyEventTypeOf(...LENDINGS)
    .finalize();
}

function answer({ finished }: Lendings, { order, maxResults }: FinishedLendingsQuery): FinishedLendings {
  const totalCount = finished.length;
  const count = Math.min(maxResults ?? totalCount, totalCount);
  const lendings = order === 'asc' ? finished.slice(0, count) : finished.slice(totalCount - count).reverse();
  return { lendings, count, totalCount };
}
