import type { EventFilter } from '../eventstore/event-filter.ts';
import type { SequenceNumber } from '../eventstore/storable-event.ts';
import type { Folded, HandleOptions } from './handler.ts';

// Numbers start at 1: nothing was folded yet.
const beforeTheFirst = 0 as SequenceNumber;

/** Where folding starts: from what the caller hands over, else from nothing. */
export function startOf<State>(
  projection: { initialState(): State },
  { resumeFrom }: HandleOptions<State>,
): Folded<State> {
  return resumeFrom?.() ?? { state: projection.initialState(), sequenceNumber: beforeTheFirst };
}

/** The filter for the events that the state to start from does not hold yet. */
export function unreadPart(filter: EventFilter, { sequenceNumber }: Folded<unknown>): EventFilter {
  if (sequenceNumber === beforeTheFirst) return filter;
  return filter.reopenForSequenceFiltering().withSequenceNumberHigherThan(sequenceNumber);
}

/** The caller's signal for the store, left out when there is none. */
export function callOptions({ signal }: HandleOptions<unknown>): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
