import type { EventFilter } from '../event-filter.ts';
import type { StorableEvent } from '../storable-event.ts';
import { itemConditions } from './filter-conditions.ts';
import { LockKeys } from './lock-key.ts';
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
 * Gives the keys in ascending order. The lowest bit of each says that it is exclusive.
 */
export function appendLocks(filter: EventFilter, appended: Appended, keys: LockKeys): readonly number[] {
  const read = readKeys(filter, keys);
  const touched = touchedKeys(appended, keys);
  const locks = [...read].map((key) => key + exclusively);
  for (const key of touched) if (!read.has(key)) locks.push(key);
  if (locks.length > maxLocks) return [keys.ofAll + exclusively];
  return locks.sort((a, b) => a - b);
}

const exclusively = 1;

/** The locks of appends that do not touch each other, to be taken by one transaction. */
export class SharedLocks {
  /** By the key without its lowest bit: the key as it is to be locked. */
  readonly #locks = new Map<number, number>();

  /**
   * Adds the locks of another append unless one of the two stores what the other's boundary may read, or there are
   * too many.
   */
  join(locks: readonly number[]): boolean {
    if (this.#locks.size + locks.length > maxLocks || !locks.every((lock) => this.#bears(lock))) return false;
    for (const lock of locks) this.#locks.set(lock - (lock % 2), lock);
    return true;
  }

  get keys(): readonly number[] {
    return [...this.#locks.values()].sort((a, b) => a - b);
  }

  /** Held shared by both, or not held yet. */
  #bears(lock: number): boolean {
    const held = this.#locks.get(lock - (lock % 2));
    return held === undefined || (held === lock && lock % 2 === 0);
  }
}

/** The key that every append holds, at least shared. */
export function allEventsKey(tables: TableNames): string {
  return String(new LockKeys(tables).ofAll);
}

function touchedKeys({ events, payloads }: Appended, keys: LockKeys): ReadonlySet<number> {
  const touched = new Set([keys.ofAll]);
  for (const [index, { eventType }] of events.entries()) {
    touched.add(keys.ofType(eventType));
    for (const [key, value] of Object.entries(payloads[index] ?? {})) {
      if (typeof value === 'string') touched.add(keys.ofField(key, value));
    }
    if (touched.size > maxLocks) break;
  }
  return touched;
}

function readKeys(filter: EventFilter, keys: LockKeys): ReadonlySet<number> {
  const read = new Set<number>();
  if (filter.items.length === 0) read.add(keys.ofAll);
  for (const { types = [], contains } of itemConditions(filter)) {
    if (!contains) for (const type of types) read.add(keys.ofType(type));
    // Where several fields must match together one of them is enough, as a matching event touches them all.
    for (const { key, value } of contains ?? []) read.add(keys.ofField(key, value));
  }
  return read;
}
