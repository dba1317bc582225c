import type { EventFilter, FilterItem } from '../event-filter.ts';

/**
 * An item as PostgreSQL matches it: one of the types, and one of the JSON objects contained in the payload.
 * Fields that must match together stand in one object.
 */
export interface ItemCondition {
  readonly types?: readonly string[];
  readonly contains?: readonly object[];
}

/** Made once for each filter: a decision reads and appends by the same one. */
export function itemConditions(filter: EventFilter): readonly ItemCondition[] {
  const known = conditionsOf.get(filter);
  if (known) return known;
  const conditions = filter.items.map(itemCondition);
  conditionsOf.set(filter, conditions);
  return conditions;
}

// Filters never change.
const conditionsOf = new WeakMap<EventFilter, readonly ItemCondition[]>();

function itemCondition(item: FilterItem): ItemCondition {
  return {
    ...(item.eventTypes.length > 0 && { types: item.eventTypes }),
    ...(item.predicates.length > 0 && { contains: containedObjects(item) }),
  };
}

function containedObjects({ predicates, predicateMode }: FilterItem): readonly object[] {
  if (predicateMode === 'any') return predicates.map(({ key, value }) => singleField(key, value));
  const keys = new Set(predicates.map(({ key }) => key));
  // Two values for one field can never both hold; a payload is an object and never contains an array.
  if (keys.size < predicates.length) return [[]];
  return [Object.fromEntries(predicates.map(({ key, value }) => [key, value]))];
}

// Computed keys and fromEntries define properties, so a field named __proto__ is one like any other.
function singleField(key: string, value: string): object {
  return { [key]: value };
}
