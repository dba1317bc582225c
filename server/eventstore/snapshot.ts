import type { EventFilter } from './event-filter.ts';
import type { SafeSequenceNumber } from './storable-event.ts';

/** A projection's state, folded from all events of the filter up to a sequence number. */
export interface SnapshotToSave {
  /** Which projection, with its version if that matters: states of different shapes are different projections. */
  readonly projectionType: string;
  /** The events that the state is folded from; its sequence bound does not matter. */
  readonly filter: EventFilter;
  /** `maxSequenceNumber` of the query or replay: the state holds all events up to it and none above. */
  readonly sequenceNumber: SafeSequenceNumber;
  /** JSON text. */
  readonly data: string;
}

/** A snapshot as it was saved. */
export interface Snapshot {
  readonly projectionType: string;
  /** `EventFilter.hash()` of the filter without a sequence bound. */
  readonly filterHash: string;
  readonly sequenceNumber: SafeSequenceNumber;
  /** JSON text, exactly as it was given. */
  readonly data: string;
  readonly createdAt: Date;
}
