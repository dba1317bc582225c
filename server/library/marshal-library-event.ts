import { buildStorableEvent, type StorableEvent } from '../eventstore/storable-event.ts';
import type { LibraryEvent } from './events.ts';

/** Where an event comes from: itself, the message that caused it, and the conversation that both belong to. */
export interface EventMetadata {
  readonly MessageID: string;
  readonly CausationID: string;
  readonly CorrelationID: string;
}

/**
 * An event of the library in the form in which it is stored.
 * @throws InvalidEventError when a text holds characters that cannot be stored
 */
export function marshalLibraryEvent(event: LibraryEvent, metadata: EventMetadata): StorableEvent {
  return buildStorableEvent({
    eventType: event.type,
    occurredAt: event.occurredAt,
    payload: event.payload,
    metadata,
  });
}
