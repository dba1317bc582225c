import type { EventFilter } from '../event-filter.ts';
import { type ItemCondition, itemConditions } from './filter-conditions.ts';
import { fieldsEqual, joined } from './json-path.ts';

/** The filter in the two forms that the function `eventstore_append` reads (migrations/0001 and 0002). */
export interface AppendBoundary {
  /** JSON text. */
  readonly boundary: string;
  /** A jsonpath for the items, on `{"type": …, "payload": …}` of an event. */
  readonly matching: string;
}

export function appendBoundary(filter: EventFilter): AppendBoundary {
  const items = itemConditions(filter);
  const boundary = JSON.stringify({
    items,
    from: filter.occurredFrom?.getTime(),
    until: filter.occurredUntil?.getTime(),
    after: filter.sequenceNumberHigherThan || undefined,
  });
  return {
    boundary,
    matching: `strict ${items.length === 0 ? anything : joined(items.map(itemPath), '||')}`,
  };
}

const anything = 'exists($)';
const nothing = '$.type == 0';

function itemPath({ types, contains }: ItemCondition): string {
  const ofType = types?.map((type) => `$.type == ${JSON.stringify(type)}`);
  const conditions = [ofType, contains?.map(containsPath)].filter(
    (alternatives) => alternatives !== undefined,
  );
  return joined(
    conditions.map((alternatives) => joined(alternatives, '||')),
    '&&',
  );
}

function containsPath(part: object): string {
  const fields = fieldsEqual('$.payload', part);
  // An array stands for what can never hold (filter-conditions.ts).
  return fields.length === 0 ? nothing : joined(fields, '&&');
}
