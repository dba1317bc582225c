import type { EventFilter } from '../event-filter.ts';
import { itemConditions } from './filter-conditions.ts';

/** The filter as JSON text in the form that the function `eventstore_append` reads (migrations/0001). */
export function appendBoundary(filter: EventFilter): string {
  return JSON.stringify({
    items: itemConditions(filter),
    from: filter.occurredFrom?.getTime(),
    until: filter.occurredUntil?.getTime(),
    after: filter.sequenceNumberHigherThan || undefined,
  });
}
