import { buildEventFilter } from '../../../server/eventstore/event-filter-builder.ts';
import type { StoredEvent } from '../../../server/eventstore/storable-event.ts';
import type { Snapshotable } from '../../../server/handling/projection.ts';
import type { QueryDefinition } from '../../../server/handling/query-handler.ts';

type Numbers = number[];

/** Every event in its order: one that is missed, folded twice or in another order shows. */
export const history: QueryDefinition<Record<string, never>, number, Numbers, readonly number[]> &
  Snapshotable<Numbers> = {
  name: 'History',
  version: 1,
  reading: 'in-batches',
  filter: () => buildEventFilter().matching().anyEventTypeOf('Happened').finalize(),
  unmarshal: ({ sequenceNumber }: StoredEvent) => sequenceNumber,
  initialState: () => [],
  project: (numbers, events) => {
    numbers.push(...events);
    return numbers;
  },
  answer: (numbers) => [...numbers],
  *encode(numbers) {
    const taken = [...numbers];
    yield '[';
    yield `${taken}]`;
  },
  decode: (json) => JSON.parse(json),
  copy: (numbers) => [...numbers],
};
