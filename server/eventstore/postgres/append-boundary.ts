import type { EventFilter } from '../event-filter.ts';
import type { AppendCheck } from './append-texts.ts';
import type { ParameterValue } from './exchange.ts';
import { itemConditions } from './filter-conditions.ts';

export interface Boundary {
  readonly check: AppendCheck;
  /** As the statement of the check takes them (`append-texts.ts`). */
  readonly values: readonly ParameterValue[];
}

/** The filter as the database checks it: in parts if it is one item with one object and no bounds, as most are. */
export function boundaryValues(filter: EventFilter, hasSeen: boolean): Boundary {
  const items = itemConditions(filter);
  const from = filter.occurredFrom?.getTime();
  const until = filter.occurredUntil?.getTime();
  const after = filter.sequenceNumberHigherThan || undefined;
  const [{ types, contains } = {}] = items;
  const [part] = contains ?? [];
  const isUsual = items.length === 1 && contains?.length === 1 && (from ?? until ?? after) === undefined;
  if (!isUsual || !part || Array.isArray(part)) {
    return { check: 'any', values: [JSON.stringify({ items, from, until, after })] };
  }
  const [text = ''] = Object.values<string>({ ...part });
  return { check: hasSeen ? 'usual' : 'first', values: [types, JSON.stringify(part), text] };
}
