import { isBuilt, markBuilt } from './built-events.ts';
import { InvalidEventError } from './errors.ts';
import { toObjectText } from './json-object-text.ts';

declare const sequenceNumberBrand: unique symbol;

/** Position of an event in the store's total order, from 1 up; 0 stands for "before the first". */
export type SequenceNumber = number & { readonly [sequenceNumberBrand]: true };

declare const safeBrand: unique symbol;

/**
 * A number to go on from: the read that gave it had every matching event up to it, and none can appear there later.
 * The number of an event that was read is not that: a lower one may become visible after it.
 */
export type SafeSequenceNumber = SequenceNumber & { readonly [safeBrand]: true };

/** An event as it is stored: what happened, when, and its content as JSON text. */
export interface StorableEvent {
  readonly eventType: string;
  readonly occurredAt: Date;
  /** JSON text of an object. */
  readonly payload: string;
  /** JSON text of an object. */
  readonly metadata: string;
}

/** An event as a query or replay gives it. */
export interface StoredEvent extends StorableEvent {
  readonly sequenceNumber: SequenceNumber;
}

export interface StorableEventInput {
  readonly eventType: string;
  readonly occurredAt: Date;
  /** JSON text of an object, or the object. */
  readonly payload: string | object;
  /** JSON text of an object, or the object; `{}` when it is left out. */
  readonly metadata?: string | object;
}

/** Long enough for any name, and far below what an index entry can hold. */
const maxEventTypeLength = 255;

/**
 * An event that the store can keep, checked and frozen.
 * @throws InvalidEventError whose `field` names the part that cannot be stored
 */
export function buildStorableEvent(input: StorableEventInput): StorableEvent {
  const event = {
    eventType: validEventType(input.eventType),
    occurredAt: validOccurredAt(input.occurredAt),
    payload: toObjectText(input.payload, { part: 'payload' }),
    metadata: toObjectText(input.metadata ?? '{}', { part: 'metadata' }),
  };
  return Object.freeze(markBuilt(event));
}

/**
 * For events that may not come from `buildStorableEvent()`: whether each has a type and a time that can be stored. Their
 * JSON is another matter.
 * @param first the place of the first one, where these are a part of all
 * @throws InvalidEventError whose `field` is such as `events.1.eventType`
 */
export function refuseUnstorable(events: readonly StorableEvent[], first = 0): void {
  for (const [index, event] of events.entries()) {
    const place = `events.${first + index}`;
    if (typeof event !== 'object' || event === null) {
      throw new InvalidEventError(`Element ${first + index} of the events is no event.`, {
        advice: 'Build events with buildStorableEvent().',
        field: place,
      });
    }
    if (isBuilt(event)) continue;
    validEventType(event.eventType, `${place}.eventType`);
    validOccurredAt(event.occurredAt, `${place}.occurredAt`);
  }
}

function validEventType(eventType: string, field = 'eventType'): string {
  const isName = typeof eventType === 'string' && eventType !== '' && eventType.length <= maxEventTypeLength;
  if (!isName || eventType.includes('\0') || !eventType.isWellFormed()) {
    throw new InvalidEventError('The event type is not a name that can be stored.', {
      advice: `Give 1 to ${maxEventTypeLength} characters, without NUL characters and without broken Unicode.`,
      field,
    });
  }
  return eventType;
}

// PostgreSQL's timestamptz begins in 4714 BC. Times travel as seconds in floating point, of which 2^41 lie in the year 71,653:
// above, their steps are half a millisecond, and a time may come back as the one beside it.
const earliestOccurredAt = Date.UTC(-4712, 0, 1);
const latestOccurredAt = Date.UTC(70_000, 0, 1);

function validOccurredAt(occurredAt: Date, field = 'occurredAt'): Date {
  const time = occurredAt instanceof Date ? occurredAt.getTime() : Number.NaN;
  if (Number.isNaN(time) || time < earliestOccurredAt || time > latestOccurredAt) {
    throw new InvalidEventError('The time of the event is not a date that can be stored.', {
      advice: 'Give a valid Date from 4713 BC to the year 70000.',
      field,
    });
  }
  return new Date(time);
}
