import { createHash } from 'node:crypto';
import type { SequenceNumber, StoredEvent } from '../../eventstore/storable-event.ts';

/**
 * Tells an event from every other that could have its number: after a failover, or in a restored backup, numbers of
 * events that are lost are given again.
 */
export interface EventMark {
  readonly sequenceNumber: SequenceNumber;
  readonly fingerprint: string;
}

/** About 2 µs. */
export function markOf(event: StoredEvent): EventMark {
  return { sequenceNumber: event.sequenceNumber, fingerprint: fingerprintOf(event) };
}

export function isMarked(event: StoredEvent, { sequenceNumber, fingerprint }: EventMark): boolean {
  return event.sequenceNumber === sequenceNumber && fingerprintOf(event) === fingerprint;
}

function fingerprintOf({ eventType, occurredAt, payload, metadata }: StoredEvent): string {
  const text = JSON.stringify([eventType, occurredAt.getTime(), payload, metadata]);
  // Half of it is far more than enough to tell two events apart.
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
