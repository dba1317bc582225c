import type { StoredEvent } from '../eventstore/storable-event.ts';
import { ProfilerError } from '../lib/profiler-error.ts';
import type { LibraryEvent, LibraryEventPayloads, LibraryEventType } from './events.ts';

/** A stored event that is not what the library writes. */
export class UnreadableEventError extends ProfilerError {
  override readonly name = 'UnreadableEventError';

  constructor({ eventType, sequenceNumber }: StoredEvent, problem: string, cause?: unknown) {
    super('unreadable_event', `Event ${sequenceNumber} of type ${eventType} cannot be read: ${problem}.`, {
      advice: 'Another program wrote to this event store: give it a store of its own, or correct the event.',
      cause,
    });
  }
}

/**
 * Reads a stored event: its payload as JSON, every field present with its type. Fields that the library does not
 * know are left alone.
 * @throws UnreadableEventError
 */
export function parseLibraryEvent(stored: StoredEvent): LibraryEvent {
  const shape = SHAPES.get(stored.eventType);
  if (shape === undefined) throw new UnreadableEventError(stored, 'the library has no such type');
  const payload = parsedObject(stored);
  for (const { field, type } of shape.fields) {
    if (typeof payload[field] !== type) throw new UnreadableEventError(stored, `${field} is not a ${type}`);
  }
  return { type: shape.eventType, occurredAt: stored.occurredAt, payload } as unknown as LibraryEvent;
}

function parsedObject(stored: StoredEvent): Readonly<Record<string, unknown>> {
  const payload = parsedJson(stored);
  if (typeof payload === 'object' && payload !== null) return payload as Record<string, unknown>;
  throw new UnreadableEventError(stored, 'its payload is not a JSON object');
}

function parsedJson(stored: StoredEvent): unknown {
  try {
    return JSON.parse(stored.payload);
  } catch (cause) {
    throw new UnreadableEventError(stored, 'its payload is not JSON', cause);
  }
}

type TypeName<Value> = Value extends string ? 'string' : 'number';
type PayloadTypes<Payload> = { readonly [Field in keyof Payload]: TypeName<Payload[Field]> };

// Mapped over the payload types, so that a field which is added there cannot be forgotten here.
const PAYLOAD_TYPES: { readonly [Type in LibraryEventType]: PayloadTypes<LibraryEventPayloads[Type]> } = {
  BookCopyAddedToCirculation: {
    BookID: 'string',
    ISBN: 'string',
    Title: 'string',
    Authors: 'string',
    Edition: 'string',
    Publisher: 'string',
    PublicationYear: 'number',
  },
  BookCopyRemovedFromCirculation: { BookID: 'string' },
  BookCopyLentToReader: { BookID: 'string', ReaderID: 'string' },
  BookCopyReturnedByReader: { BookID: 'string', ReaderID: 'string' },
  ReaderRegistered: { ReaderID: 'string', Name: 'string' },
  ReaderContractCanceled: { ReaderID: 'string' },
  LendingBookToReaderFailed: { BookID: 'string', ReaderID: 'string', Reason: 'string' },
  ReturningBookFromReaderFailed: { BookID: 'string', ReaderID: 'string', Reason: 'string' },
  RemovingBookFromCirculationFailed: { BookID: 'string', Reason: 'string' },
  CancelingReaderContractFailed: { ReaderID: 'string', Reason: 'string' },
};

interface EventShape {
  /** The one string that all events of the type share: comparing it is comparing a pointer. */
  readonly eventType: string;
  readonly fields: readonly { readonly field: string; readonly type: 'string' | 'number' }[];
}

// Arrays, because iterating over an object's keys for every event would double the time of reading one.
const SHAPES: ReadonlyMap<string, EventShape> = new Map(
  Object.entries(PAYLOAD_TYPES).map(([eventType, types]) => [
    eventType,
    { eventType, fields: Object.entries(types).map(([field, type]) => ({ field, type })) },
  ]),
);
