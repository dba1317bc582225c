import { createHash } from 'node:crypto';
import type { EventFilter } from '../event-filter.ts';
import type { StorableEvent } from '../storable-event.ts';
import { boundaryValues } from './append-boundary.ts';
import { appendLocks } from './append-locks.ts';
import { type AppendCheck, lockAndPlanSql, lockSql, storeSql } from './append-texts.ts';
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

/** Makes the two statements of an append: the first takes its locks, the second checks and stores (`append-texts.ts`). */
export class AppendStatements {
  readonly #tables: TableNames;
  readonly #keys: LockKeys;
  readonly #lock: Prepared;
  readonly #lockAndPlan: Prepared;
  readonly #store = new Map<string, Prepared>();
  #newest = 0;

  constructor(tables: TableNames) {
    this.#tables = tables;
    this.#keys = new LockKeys(tables);
    this.#lock = named(lockSql(tables));
    this.#lockAndPlan = named(lockAndPlanSql(tables));
  }

  statementsFor({ filter, seen, events, payloads }: Append): readonly [lock: Statement, store: Statement] {
    const boundary = boundaryValues(filter, seen.snapshot !== null);
    const values = [...eventValues(events), ...boundary.values];
    if (boundary.check !== 'first') values.push(seen.snapshot, seen.own, seen.life);
    const lock = this.#newest < largeStore ? this.#lockAndPlan : this.#lock;
    return [
      { ...lock, values: [appendLocks(filter, { events, payloads }, this.#keys)] },
      { ...this.#prepared(boundary.check, events.length === 1), values },
    ];
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

interface Prepared {
  readonly name: string;
  readonly text: string;
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
