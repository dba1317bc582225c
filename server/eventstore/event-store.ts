import type { EventFilter } from './event-filter.ts';
import type { SequenceNumber, StorableEvent, StoredEvent } from './storable-event.ts';

declare const positionBrand: unique symbol;

/**
 * What a query had seen: opaque, serialisable text. An append is refused when an event that matches its filter exists
 * which the position does not cover. A sequence number cannot serve: a lower number may become visible later.
 */
export type Position = string & { readonly [positionBrand]: true };

/** The position of a reader that has seen nothing: appending with it demands that no event matches the filter. */
export const emptyPosition = '' as Position;

/** `strong` reads see all that is committed; `eventual` reads may lag behind and must not decide an append. */
export type Consistency = 'strong' | 'eventual';

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface QueryOptions extends CallOptions {
  readonly consistency?: Consistency;
}

export interface ReplayOptions extends QueryOptions {
  /** Events per batch; 5,000 when left out. */
  readonly batchSize?: number;
}

export interface QueryResult {
  /** In order of sequence number. */
  readonly events: readonly StoredEvent[];
  /** Highest sequence number among `events`; 0 when there are none. */
  readonly maxSequenceNumber: SequenceNumber;
  readonly position: Position;
}

export interface AppendResult {
  /** Sequence number of the last appended event. */
  readonly maxSequenceNumber: SequenceNumber;
  readonly position: Position;
}

/** The part of an event store that cannot change it. */
export interface ReadOnlyEventStore {
  query(filter: EventFilter, options?: QueryOptions): Promise<QueryResult>;
  /** The matching events in batches, in order, in constant memory, all from one point in time. */
  replay(filter: EventFilter, options?: ReplayOptions): AsyncIterable<readonly StoredEvent[]>;
  close(): Promise<void>;
}

/**
 * An event store without fixed streams: a filter is the stream, and the same filter guards the append.
 * @see EventFilter
 */
export interface EventStore extends ReadOnlyEventStore {
  /**
   * Appends all events or none.
   * @param position from a strong query with the same filter, or `emptyPosition`
   * @throws ConcurrencyConflictError when an event matches the filter that the position does not cover
   * @throws UnknownOutcomeError when the connection was lost before the outcome was known
   */
  append(
    filter: EventFilter,
    position: Position,
    events: readonly StorableEvent[],
    options?: CallOptions,
  ): Promise<AppendResult>;
}
