import type { EventFilter } from '../event-filter.ts';
import type { AppendCheck } from './append-texts.ts';
import type { ParameterValue } from './exchange.ts';
import { type ItemCondition, itemConditions } from './filter-conditions.ts';

export interface Boundary {
  readonly check: AppendCheck;
  /** As the statement of the check takes them (`append-texts.ts`). */
  readonly values: readonly ParameterValue[];
}

/** The filter as the database checks it: in parts if it is one item with one object and no bounds, as most are. */
export function boundaryValues(filter: EventFilter, hasSeen: boolean): Boundary {
  const items = itemConditions(filter);
  const [item] = items;
  const [part, second] = item?.contains ?? [];
  const hasBounds = filter.occurredFrom || filter.occurredUntil || filter.sequenceNumberHigherThan > 0;
  if (!item || !part || second || items.length > 1 || hasBounds) {
    return { check: 'any', values: [boundaryJson(filter, items)] };
  }
  return { check: hasSeen ? 'usual' : 'first', values: [item.types, part.json, part.value] };
}

/** As the function eventstore_matches takes it (migrations/0001). */
function boundaryJson(filter: EventFilter, items: readonly ItemCondition[]): string {
  const { occurredFrom: from, occurredUntil: until, sequenceNumberHigherThan: after } = filter;
  const parts = [
    `"items":[${items.map(itemJson).join(',')}]`,
    `"after":${after}`,
    ...(from ? [`"from":${from.getTime()}`] : []),
    ...(until ? [`"until":${until.getTime()}`] : []),
  ];
  return `{${parts.join(',')}}`;
}

function itemJson({ types, contains }: ItemCondition): string {
  const parts = [
    ...(types ? [`"types":${JSON.stringify(types)}`] : []),
    ...(contains ? [`"contains":[${contains.map(({ json }) => json).join(',')}]`] : []),
  ];
  return `{${parts.join(',')}}`;
}
