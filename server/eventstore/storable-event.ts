declare const sequenceNumberBrand: unique symbol;

/** Position of an event in the store's total order, from 1 up; 0 stands for "before the first". */
export type SequenceNumber = number & { readonly [sequenceNumberBrand]: true };

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
