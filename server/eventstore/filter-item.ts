import { InvalidFilterError } from './errors.ts';
import type { FilterItem } from './event-filter.ts';
import type { Predicate } from './predicate.ts';

/**
 * The item with further conditions, sanitised: empty strings dropped, duplicates dropped, sorted, frozen.
 * @throws InvalidFilterError when nothing is left of a list: a condition that vanished would widen the filter unnoticed
 */
export function sanitizedItem(item: FilterItem, conditions: Partial<FilterItem>): FilterItem {
  const eventTypes = conditions.eventTypes ? sanitizedTypes(conditions.eventTypes) : item.eventTypes;
  const predicates = conditions.predicates ? sanitizedPredicates(conditions.predicates) : item.predicates;
  const mode = conditions.predicateMode ?? item.predicateMode;
  // "any of one" and "all of one" are the same condition, and must hash the same.
  return Object.freeze({ eventTypes, predicates, predicateMode: predicates.length < 2 ? 'any' : mode });
}

function sanitizedTypes(eventTypes: readonly string[]): readonly string[] {
  for (const type of eventTypes) refuseUnstorable(type, 'event type', 'eventTypes');
  const distinct = [...new Set(eventTypes)].filter((type) => type !== '');
  if (distinct.length === 0) {
    throw new InvalidFilterError('A list of event types in the filter holds no name.', {
      advice: 'Give at least one event type that is not empty.',
      field: 'eventTypes',
    });
  }
  return Object.freeze(distinct.sort());
}

function sanitizedPredicates(predicates: readonly Predicate[]): readonly Predicate[] {
  const distinct = new Map<string, Predicate>();
  for (const predicate of predicates) {
    refuseForeign(predicate);
    const { key, value } = predicate;
    refuseUnstorable(key, 'predicate key', 'predicates');
    refuseUnstorable(value, 'predicate value', 'predicates');
    if (key !== '' && value !== '') distinct.set(JSON.stringify([key, value]), Object.freeze({ key, value }));
  }
  if (distinct.size === 0) {
    throw new InvalidFilterError('A list of predicates in the filter holds none with a key and a value.', {
      advice: 'Give at least one predicate whose key and value are not empty.',
      field: 'predicates',
    });
  }
  return Object.freeze([...distinct.values()].sort(byKeyThenValue));
}

function byKeyThenValue(a: Predicate, b: Predicate): number {
  return compareText(a.key, b.key) || compareText(a.value, b.value);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function refuseForeign(predicate: unknown): void {
  if (typeof predicate === 'object' && predicate !== null) return;
  throw new InvalidFilterError('A predicate of the filter has no key and no value.', {
    advice: "Write predicates as p('BookID', id).",
    field: 'predicates',
  });
}

// PostgreSQL's text can hold neither NUL nor half of a surrogate pair, so no event could ever match.
function refuseUnstorable(text: unknown, what: string, field: string): void {
  if (typeof text !== 'string') {
    throw new InvalidFilterError(`A filter's ${what} is text; this one is of type ${typeof text}.`, {
      advice: 'Give a string. Predicates find only fields that hold text.',
      field,
    });
  }
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new InvalidFilterError(`No event can have the ${what} ${shown(text)} of the filter.`, {
      advice: 'Give text without NUL characters and without broken Unicode.',
      field,
    });
  }
}

/** Long enough to recognise it. */
function shown(text: string): string {
  const quoted = JSON.stringify(text);
  return quoted.length <= 60 ? quoted : `${quoted.slice(0, 60)}…`;
}
