import type { EventFilter, FilterItem } from '../event-filter.ts';
import type { Predicate } from '../predicate.ts';

/** An item as PostgreSQL matches it: one of the types, and one of the JSON objects contained in the payload. */
export interface ItemCondition {
  readonly types?: readonly string[];
  readonly contains?: readonly ContainedObject[];
}

/** Fields that must match together. */
export interface ContainedObject {
  /** JSON text of the object. */
  readonly json: string;
  /** One of its fields. */
  readonly key: string;
  readonly value: string;
}

/** Made once for each filter: a decision reads and appends by the same one. */
export function itemConditions(filter: EventFilter): readonly ItemCondition[] {
  return filter.derived(conditionsOf);
}

function conditionsOf({ items }: EventFilter): readonly ItemCondition[] {
  return items.map(itemCondition);
}

function itemCondition({ eventTypes, predicates, predicateMode }: FilterItem): ItemCondition {
  if (predicates.length === 0) return eventTypes.length === 0 ? {} : { types: eventTypes };
  const contains = predicateMode === 'any' ? predicates.map(alone) : [together(predicates)];
  return eventTypes.length === 0 ? { contains } : { types: eventTypes, contains };
}

function alone(predicate: Predicate): ContainedObject {
  const { key, value } = predicate;
  return { key, value, json: `{${fieldJson(predicate)}}` };
}

function together(predicates: readonly Predicate[]): ContainedObject {
  const [{ key, value } = { key: '', value: '' }] = predicates;
  const keys = new Set(predicates.map((predicate) => predicate.key));
  // Two values for one field can never both hold; a payload is an object and never contains an array.
  const json = keys.size < predicates.length ? '[]' : `{${predicates.map(fieldJson).join(',')}}`;
  return { key, value, json };
}

// Written by hand, as an object would lose a field named __proto__.
function fieldJson({ key, value }: Predicate): string {
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}
