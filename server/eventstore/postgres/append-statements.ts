import { createHash } from 'node:crypto';
import type { EventFilter } from '../event-filter.ts';
import type { StorableEvent } from '../storable-event.ts';
import { type Boundary, boundaryValues } from './append-boundary.ts';
import { appendLocks } from './append-locks.ts';
import { type AppendCheck, lockSql, type Planning, storeSql, tryLockSql } from './append-texts.ts';
import type { ParameterValue, Statement } from './exchange.ts';
import { LockKeys } from './lock-key.ts';
import type { PositionParts } from './position.ts';
import type { TableNames } from './table-names.ts';

interface Append {
  readonly filter: EventFilter;
  readonly seen: PositionParts;
  /** At least one. */
  readonly events: readonly StorableEvent[];
  /** Of the events, parsed. */
  readonly payloads: readonly unknown[];
}

/**
 * Below so many events a statement may be planned for a small table, and the table grow before PostgreSQL looks at it again:
 * up to a minute of reading all of it for each append.
 */
const largeStore = 10_000;

/** One append as it is sent. */
export interface AppendWork {
  readonly locks: readonly number[];
  /** Checks and stores, once the locks are held. */
  readonly store: Statement;
  /** Whether it is so little work that others may wait for it. */
  readonly isSmall: boolean;
}

/** Larger ones travel alone. In characters, of the boundary and of all payloads and metadata. */
const smallBoundary = 1_000;
const smallEvents = 8;
const smallText = 16_000;

/** Makes the statements of an append: the first takes its locks, the second checks and stores (`append-texts.ts`). */
export class AppendStatements {
  readonly #tables: TableNames;
  readonly #keys: LockKeys;
  readonly #lock: Readonly<Record<Planning, Prepared>>;
  readonly #tryLock: Readonly<Record<Planning, Prepared>>;
  readonly #store = new Map<string, Prepared>();
  #newest = 0;

  constructor(tables: TableNames) {
    this.#tables = tables;
    this.#keys = new LockKeys(tables);
    this.#lock = planned((plan) => lockSql(tables, plan));
    this.#tryLock = planned((plan) => tryLockSql(tables, plan));
  }

  workOf({ filter, seen, events, payloads }: Append): AppendWork {
    const boundary = boundaryValues(filter, seen.snapshot !== null);
    const values = [...eventValues(events), ...boundary.values];
    if (boundary.check !== 'first') values.push(seen.snapshot, seen.own, seen.life);
    return {
      locks: appendLocks(filter, { events, payloads }, this.#keys),
      store: { ...this.#prepared(boundary.check, events.length === 1), values },
      isSmall: seen.snapshot !== null && events.length <= smallEvents && isShort(boundary, events),
    };
  }

  /** Waits for its locks. */
  lock({ locks }: AppendWork): Statement {
    return { ...this.#lock[this.#planning], values: [locks] };
  }

  /** Of several appends; does not wait. */
  tryLock(locks: readonly number[]): Statement {
    return { ...this.#tryLock[this.#planning], values: [locks] };
  }

  get #planning(): Planning {
    return this.#newest < largeStore ? 'for large' : 'as is';
  }

  /** @param sequenceNumber of an event that was stored; a store that was emptied may begin anew */
  stored(sequenceNumber: number): void {
    this.#newest = sequenceNumber;
  }

  #prepared(check: AppendCheck, isSingle: boolean): Prepared {
    const kind = `${check} ${isSingle}`;
    const known = this.#store.get(kind);
    if (known) return known;
    const prepared = named(storeSql({ check, isSingle }, this.#tables));
    this.#store.set(kind, prepared);
    return prepared;
  }
}

function isShort(boundary: Boundary, events: readonly StorableEvent[]): boolean {
  let asked = 0;
  for (const value of boundary.values)
    asked += typeof value === 'object' ? (value?.length ?? 0) * 20 : String(value).length;
  let stored = 0;
  for (const { payload, metadata } of events) stored += payload.length + (metadata?.length ?? 0);
  return asked <= smallBoundary && stored <= smallText;
}

interface Prepared {
  readonly name: string;
  readonly text: string;
}

function planned(textFor: (plan: Planning) => string): Record<Planning, Prepared> {
  return { 'as is': named(textFor('as is')), 'for large': named(textFor('for large')) };
}

function named(text: string): Prepared {
  return { text, name: `eventstore_append_${createHash('sha256').update(text).digest('hex').slice(0, 16)}` };
}

function eventValues(events: readonly StorableEvent[]): ParameterValue[] {
  const [first] = events;
  if (events.length === 1 && first) {
    return [first.eventType, first.occurredAt.getTime(), first.payload, first.metadata];
  }
  return [
    events.map((event) => event.eventType),
    events.map((event) => event.occurredAt.getTime()),
    events.map((event) => event.payload),
    events.map((event) => event.metadata),
  ];
}
