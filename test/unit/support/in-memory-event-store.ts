import { ConcurrencyConflictError } from '../../../server/eventstore/errors.ts';
import type { EventFilter, FilterItem } from '../../../server/eventstore/event-filter.ts';
import type {
  AppendResult,
  CallOptions,
  EventStore,
  Position,
  QueryOptions,
  QueryResult,
  ReplayOptions,
} from '../../../server/eventstore/event-store.ts';
import {
  buildStorableEvent,
  type SequenceNumber,
  type StorableEvent,
  type StoredEvent,
} from '../../../server/eventstore/storable-event.ts';

/** The event store in its simplest form, one array: for tests of what stands on top of a store. */
export class InMemoryEventStore implements EventStore {
  readonly #events: StoredEvent[] = [];
  /** The options of every read, in order. */
  readonly reads: (QueryOptions & { readonly batchSize?: number })[] = [];
  /** The filter of every append, in order. */
  readonly boundaries: EventFilter[] = [];

  get events(): readonly StoredEvent[] {
    return this.#events;
  }

  /** Stores an event behind the back of whoever is deciding. */
  store(eventType: string, payload: object): void {
    this.#push(buildStorableEvent({ eventType, payload, occurredAt: new Date(0) }));
  }

  async query(filter: EventFilter, options: QueryOptions = {}): Promise<QueryResult> {
    options.signal?.throwIfAborted();
    this.reads.push(options);
    const events = this.#events.filter((event) => matches(filter, event));
    const position = String(this.#events.length) as Position;
    return { events, position, maxSequenceNumber: events.at(-1)?.sequenceNumber ?? sequenceNumber(0) };
  }

  async *replay(
    filter: EventFilter,
    options: ReplayOptions = {},
  ): AsyncGenerator<readonly StoredEvent[], void, void> {
    const { events } = await this.query(filter, options);
    const { batchSize = 1_000 } = options;
    for (let at = 0; at < events.length; at += batchSize) yield events.slice(at, at + batchSize);
  }

  async append(
    filter: EventFilter,
    position: Position,
    events: readonly StorableEvent[],
    { signal }: CallOptions = {},
  ): Promise<AppendResult> {
    signal?.throwIfAborted();
    this.boundaries.push(filter);
    const unseen = this.#events.slice(Number(position));
    if (unseen.some((event) => matches(filter, event))) throw new ConcurrencyConflictError();
    for (const event of events) this.#push(event);
    const length = this.#events.length;
    return { maxSequenceNumber: sequenceNumber(length), position: String(length) as Position };
  }

  async close(): Promise<void> {
    this.#events.length = 0;
  }

  #push(event: StorableEvent): void {
    this.#events.push({ ...event, sequenceNumber: sequenceNumber(this.#events.length + 1) });
  }
}

function sequenceNumber(value: number): SequenceNumber {
  return value as SequenceNumber;
}

function matches(filter: EventFilter, event: StoredEvent): boolean {
  if (event.sequenceNumber <= filter.sequenceNumberHigherThan) return false;
  return filter.items.length === 0 || filter.items.some((item) => itemMatches(item, event));
}

function itemMatches({ eventTypes, predicates, predicateMode }: FilterItem, event: StoredEvent): boolean {
  const payload: Readonly<Record<string, unknown>> = JSON.parse(event.payload);
  const holds = predicates.map(({ key, value }) => payload[key] === value);
  const predicatesHold = predicateMode === 'all' ? holds.every(Boolean) : holds.some(Boolean);
  return (
    (eventTypes.length === 0 || eventTypes.includes(event.eventType)) &&
    (predicates.length === 0 || predicatesHold)
  );
}
