import type { EventFilter } from '../event-filter.ts';
import type { StorableEvent } from '../storable-event.ts';
import { type ItemCondition, itemConditions } from './filter-conditions.ts';
import { lockKey } from './lock-key.ts';
import type { TableNames } from './table-names.ts';

/**
 * The lock table of a database holds 64 × max_connections entries by default and is shared by all; an append that wants
 * more than its share of it shuts out all other appends by one key instead.
 */
const maxLocks = 128;

/** What is appended: the events, and for each its payload, parsed. */
export interface Appended {
  readonly events: readonly StorableEvent[];
  readonly payloads: readonly unknown[];
}

/**
 * What an append must lock so that of two appends of which one stores what the other's boundary reads, one waits:
 * exclusively what the boundary reads, shared what the events touch. An event that matches a boundary touches at least
 * one of the terms that the boundary holds exclusively; appends that share no term run in parallel.
 *
 * Gives the array of keys as PostgreSQL's text, in ascending order. The lowest bit of each says that it is exclusive.
 */
export function appendLocks(filter: EventFilter, appended: Appended, tables: TableNames): string {
  const keys = new Set<number>();
  for (const term of readTerms(filter)) keys.add(lockKey(tables, term) + exclusively);
  for (const term of [allEvents, ...touchedTerms(appended)]) {
    const key = lockKey(tables, term);
    if (!keys.has(key + exclusively)) keys.add(key);
  }
  if (keys.size > maxLocks) return `{${lockKey(tables, allEvents) + exclusively}}`;
  return `{${[...keys].sort((a, b) => a - b).join(',')}}`;
}

const exclusively = 1;

/** The key that every append holds, at least shared. */
export function allEventsKey(tables: TableNames): string {
  return String(lockKey(tables, allEvents));
}

const allEvents = 'any event';

function touchedTerms({ events, payloads }: Appended): ReadonlySet<string> {
  const terms = new Set<string>();
  for (const [index, { eventType }] of events.entries()) {
    terms.add(typeTerm(eventType));
    for (const [key, value] of Object.entries(payloads[index] ?? {})) {
      if (typeof value === 'string') terms.add(fieldTerm(key, value));
    }
  }
  return terms;
}

function readTerms(filter: EventFilter): readonly string[] {
  return filter.items.length === 0 ? [allEvents] : itemConditions(filter).flatMap(termsOfItem);
}

function termsOfItem({ types = [], contains }: ItemCondition): readonly string[] {
  if (!contains) return types.map(typeTerm);
  return contains.flatMap((part) => {
    // Where several fields must match together one of them is enough, as a matching event touches them all.
    const [first] = Object.entries(part as Readonly<Record<string, unknown>>);
    return first && typeof first[1] === 'string' ? [fieldTerm(first[0], first[1])] : [];
  });
}

function typeTerm(eventType: string): string {
  return `type ${eventType}`;
}

// The length keeps a key that ends in "=" apart from a value that begins with it; a meeting would only cost a wait.
function fieldTerm(key: string, value: string): string {
  return `field ${key.length} ${key}=${value}`;
}
