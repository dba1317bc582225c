import { ConcurrencyConflictError, OperationCanceledError } from '../../server/eventstore/errors.ts';
import type { EventFilter, FilterItem } from '../../server/eventstore/event-filter.ts';
import type {
  AppendResult,
  CallOptions,
  EventStore,
  Position,
  QueryResult,
  ReadOptions,
  Replay,
  ReplayOptions,
  SnapshotInventory,
} from '../../server/eventstore/event-store.ts';
import type { SaveMark } from '../../server/eventstore/save-mark.ts';
import {
  refuseEndless,
  type Snapshot,
  type SnapshotInfo,
  type SnapshotsToDelete,
  type SnapshotToSave,
} from '../../server/eventstore/snapshot.ts';
import {
  buildStorableEvent,
  type SafeSequenceNumber,
  type SequenceNumber,
  type StorableEvent,
  type StoredEvent,
} from '../../server/eventstore/storable-event.ts';

/**
 * The event store as one would explain it: a list, a loop, and a position that counts what was there. The model that
 * the engines are compared with, and the store for tests of what stands on top of one.
 */
export class InMemoryEventStore implements EventStore, SnapshotInventory {
  readonly #events: StoredEvent[] = [];
  readonly #snapshots = new Map<string, Snapshot>();
  #saves = 0;
  /** The options of every read, in order. */
  readonly reads: ReplayOptions[] = [];
  /** The filter of every read, in order. */
  readonly queries: EventFilter[] = [];
  /** The filter of every append, in order. */
  readonly boundaries: EventFilter[] = [];

  get events(): readonly StoredEvent[] {
    return this.#events;
  }

  /** Stores an event behind the back of whoever is deciding. */
  store(eventType: string, payload: object): void {
    this.#push(buildStorableEvent({ eventType, payload, occurredAt: new Date(0) }));
  }

  async query(filter: EventFilter, options: ReadOptions = {}): Promise<QueryResult> {
    refuseAborted(options.signal);
    this.reads.push(options);
    this.queries.push(filter);
    const events = this.#events.filter((event) => matches(filter, event));
    const position = String(this.#events.length) as Position;
    return { events, maxSequenceNumber: reached(filter, events), position };
  }

  replay(filter: EventFilter, options: ReplayOptions = {}): Replay {
    this.reads.push(options);
    this.queries.push(filter);
    const events = () => this.#events.filter((event) => matches(filter, event));
    return new InMemoryReplay(filter, events, options);
  }

  async append(
    filter: EventFilter,
    position: Position,
    events: readonly StorableEvent[],
    { signal }: CallOptions = {},
  ): Promise<AppendResult> {
    refuseAborted(signal);
    this.boundaries.push(filter);
    if (events.length === 0) return { maxSequenceNumber: 0 as SequenceNumber, position };
    const unseen = this.#events.slice(Number(position));
    if (unseen.some((event) => matches(filter, event))) throw new ConcurrencyConflictError();
    for (const event of events) this.#push(event);
    const count = this.#events.length;
    return { maxSequenceNumber: count as SequenceNumber, position: String(count) as Position };
  }

  async saveSnapshot(snapshot: SnapshotToSave, { signal }: CallOptions = {}): Promise<void> {
    refuseAborted(signal);
    const { projectionType, filter, sequenceNumber, data, replaces } = snapshot;
    const key = snapshotKey(projectionType, filter);
    const saved = this.#snapshots.get(key);
    if (saved && saved.sequenceNumber > sequenceNumber && saved.mark !== replaces) return;
    const filterHash = filter.withoutSequenceBound().hash();
    this.#saves += 1;
    const mark = String(this.#saves) as SaveMark;
    this.#snapshots.delete(key);
    this.#snapshots.set(key, {
      projectionType,
      filterHash,
      sequenceNumber,
      data,
      createdAt: new Date(),
      mark,
    });
  }

  async loadSnapshot(
    projectionType: string,
    filter: EventFilter,
    { signal }: ReadOptions = {},
  ): Promise<Snapshot | undefined> {
    refuseAborted(signal);
    return this.#snapshots.get(snapshotKey(projectionType, filter));
  }

  async deleteSnapshot(
    projectionType: string,
    filter: EventFilter,
    { signal }: CallOptions = {},
  ): Promise<void> {
    refuseAborted(signal);
    this.#snapshots.delete(snapshotKey(projectionType, filter));
  }

  async listSnapshots({
    signal,
    filter,
  }: CallOptions & { readonly filter?: EventFilter } = {}): Promise<readonly SnapshotInfo[]> {
    refuseAborted(signal);
    const hash = filter?.withoutSequenceBound().hash();
    return this.#newestFirst()
      .filter(({ filterHash }) => hash === undefined || filterHash === hash)
      .map(({ data, mark: _, ...info }) => ({ ...info, bytes: data.length }));
  }

  async deleteSnapshots(which: SnapshotsToDelete, { signal }: CallOptions = {}): Promise<number> {
    refuseAborted(signal);
    refuseEndless(which);
    const { olderThanMs = Number.POSITIVE_INFINITY, keepNewest = Number.POSITIVE_INFINITY } = which;
    const before = this.#snapshots.size;
    for (const [place, snapshot] of this.#newestFirst().entries()) {
      const isOld = Date.now() - snapshot.createdAt.getTime() >= olderThanMs;
      if (!isOld && place < keepNewest) continue;
      for (const [key, saved] of this.#snapshots) if (saved === snapshot) this.#snapshots.delete(key);
    }
    return before - this.#snapshots.size;
  }

  // Of the same millisecond the one that was saved last: a map keeps the order in which keys came.
  #newestFirst(): readonly Snapshot[] {
    return [...this.#snapshots.values()]
      .reverse()
      .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  }

  async close(): Promise<void> {
    this.#events.length = 0;
  }

  #push(event: StorableEvent): void {
    this.#events.push({ ...event, sequenceNumber: (this.#events.length + 1) as SequenceNumber });
  }
}

class InMemoryReplay implements Replay {
  readonly #events: () => readonly StoredEvent[];
  readonly #options: ReplayOptions;
  maxSequenceNumber: SafeSequenceNumber;

  constructor(filter: EventFilter, events: () => readonly StoredEvent[], options: ReplayOptions) {
    this.#events = events;
    this.#options = options;
    this.maxSequenceNumber = filter.sequenceNumberHigherThan as SafeSequenceNumber;
  }

  async *[Symbol.asyncIterator]() {
    const { batchSize = 1_000, signal } = this.#options;
    refuseAborted(signal);
    const events = this.#events();
    for (let start = 0; start < events.length; start += batchSize) {
      refuseAborted(signal);
      const batch = events.slice(start, start + batchSize);
      this.maxSequenceNumber = batch.at(-1)?.sequenceNumber as SafeSequenceNumber;
      yield batch;
    }
  }
}

/** Whether the filter means the event, told without SQL. */
export function matches(filter: EventFilter, event: StoredEvent): boolean {
  const { occurredFrom, occurredUntil, sequenceNumberHigherThan, items } = filter;
  if (event.sequenceNumber <= sequenceNumberHigherThan) return false;
  if (occurredFrom && event.occurredAt < occurredFrom) return false;
  if (occurredUntil && event.occurredAt > occurredUntil) return false;
  return items.length === 0 || items.some((item) => matchesItem(item, event));
}

function matchesItem({ eventTypes, predicates, predicateMode }: FilterItem, event: StoredEvent): boolean {
  if (eventTypes.length > 0 && !eventTypes.includes(event.eventType)) return false;
  if (predicates.length === 0) return true;
  const payload = new Map<string, unknown>(Object.entries(JSON.parse(event.payload)));
  const holds = ({ key, value }: { key: string; value: string }) => payload.get(key) === value;
  return predicateMode === 'any' ? predicates.some(holds) : predicates.every(holds);
}

function reached(filter: EventFilter, events: readonly StoredEvent[]): SafeSequenceNumber {
  // One caller at a time: nothing can appear below what there is.
  return (events.at(-1)?.sequenceNumber ?? filter.sequenceNumberHigherThan) as SafeSequenceNumber;
}

function snapshotKey(projectionType: string, filter: EventFilter): string {
  return JSON.stringify([projectionType, filter.withoutSequenceBound().hash()]);
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new OperationCanceledError({ cause: signal.reason });
}
