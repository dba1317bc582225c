import type { EventFilter } from '../event-filter.ts';
import { itemConditions } from './filter-conditions.ts';

/** The first four values of the function `eventstore_append` (migrations/0001 and 0002). */
export type BoundaryValues = readonly [
  boundary: string,
  usualTypes: readonly string[] | null,
  usualPart: string | null,
  usualText: string | null,
];

/** The filter as JSON text, and once more in parts if it is one item with one object and no bounds, as most are. */
export function boundaryValues(filter: EventFilter): BoundaryValues {
  const items = itemConditions(filter);
  const from = filter.occurredFrom?.getTime();
  const until = filter.occurredUntil?.getTime();
  const after = filter.sequenceNumberHigherThan || undefined;
  const boundary = JSON.stringify({ items, from, until, after });
  const [{ types, contains } = {}] = items;
  const [part] = contains ?? [];
  const isUsual = items.length === 1 && contains?.length === 1 && (from ?? until ?? after) === undefined;
  if (!isUsual || !part || Array.isArray(part)) return [boundary, null, null, null];
  const [text = ''] = Object.values<string>({ ...part });
  return [boundary, types ?? null, JSON.stringify(part), text];
}
