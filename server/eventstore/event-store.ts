import type { EventFilter } from './event-filter.ts';
import type { Snapshot, SnapshotInfo, SnapshotsToDelete, SnapshotToSave } from './snapshot.ts';
import type { SafeSequenceNumber, SequenceNumber, StorableEvent, StoredEvent } from './storable-event.ts';

declare const positionBrand: unique symbol;

/**
 * What a query had seen: opaque, serialisable text. An append is refused when an event that matches its filter exists
 * which the position does not cover. A sequence number cannot serve: a lower number may become visible later.
 */
export type Position = string & { readonly [positionBrand]: true };

/** The position of a reader that has seen nothing: appending with it demands that no event matches the filter. */
export const emptyPosition = '' as Position;

/**
 * `strong` reads see all that is committed; `eventual` reads go to the replica, if there is one, and may lag behind.
 * The position of an eventual read cannot decide an append.
 */
export type Consistency = 'strong' | 'eventual';

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** For the whole call, waiting for a connection included; 0 to 2,147,483,647. */
  readonly timeoutMs?: number;
}

export interface ReadOptions extends CallOptions {
  /** `strong` when it is left out. */
  readonly consistency?: Consistency;
}

export interface ReplayOptions extends ReadOptions {
  /** Events per batch; 5,000 when left out. */
  readonly batchSize?: number;
}

export interface QueryResult {
  /** In order of sequence number. */
  readonly events: readonly StoredEvent[];
  /**
   * The number to go on from. It is that of the last event, unless an append with a lower number was under way: then the
   * last events have higher numbers, and reading on gives them again, together with what has appeared among them.
   * Whoever takes only events up to this number gets each exactly once, in order. Without events it is the filter's own
   * bound, or 0.
   */
  readonly maxSequenceNumber: SafeSequenceNumber;
  readonly position: Position;
}

export interface AppendResult {
  /** Sequence number of the last appended event; 0 when there was none to append. */
  readonly maxSequenceNumber: SequenceNumber;
  /** Covers what the append was decided on and the appended events: good for the next append with the same filter. */
  readonly position: Position;
}

/** Batches of events, to be gone through once. */
export interface Replay extends AsyncIterable<readonly StoredEvent[]> {
  /** As in `QueryResult`, for the batches that were given so far. */
  readonly maxSequenceNumber: SafeSequenceNumber;
}

/** The part of an event store that cannot change it. */
export interface ReadOnlyEventStore {
  /**
   * @throws QueryTimeoutError, OperationCanceledError, EventStoreUnavailableError
   */
  query(filter: EventFilter, options?: ReadOptions): Promise<QueryResult>;
  /** The matching events in batches, in order, in constant memory, all from one point in time. */
  replay(filter: EventFilter, options?: ReplayOptions): Replay;
  /**
   * The projection's state as it was saved for this filter; the filter's sequence bound does not matter.
   * @throws SnapshotCorruptError when it is not what was saved
   */
  loadSnapshot(
    projectionType: string,
    filter: EventFilter,
    options?: ReadOptions,
  ): Promise<Snapshot | undefined>;
  close(): Promise<void>;
}

/**
 * An event store without fixed streams: a filter is the stream, and the same filter guards the append.
 * @see EventFilter
 */
export interface EventStore extends ReadOnlyEventStore {
  /**
   * Appends all events or none. Without events nothing is asked: it resolves with the position that was given, true or not.
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
  /**
   * Saves the state unless one of a higher sequence number is there: whoever saves last cannot set it back. Only the one
   * that it `replaces` gives way to a lower number.
   */
  saveSnapshot(snapshot: SnapshotToSave, options?: CallOptions): Promise<void>;
  /** No fault when there is none. */
  deleteSnapshot(projectionType: string, filter: EventFilter, options?: CallOptions): Promise<void>;
}

/** What there is of snapshots, for monitoring and for cleaning up. */
export interface SnapshotInventory {
  /** Those that were saved last first. @param options with a filter, those of that filter only */
  listSnapshots(options?: CallOptions & { readonly filter?: EventFilter }): Promise<readonly SnapshotInfo[]>;
  /**
   * In one statement. Whoever needs a deleted one folds the events anew.
   * @returns how many there were
   * @throws InvalidOptionError without a limit, or for one that there cannot be
   */
  deleteSnapshots(which: SnapshotsToDelete, options?: CallOptions): Promise<number>;
}
