import type pg from 'pg';
import type { SequenceNumber, StoredEvent } from '../storable-event.ts';

/** Sequence number, event type, milliseconds since 1970, payload, metadata: all as text. */
export type EventRow = [string, string, string, string, string];

/**
 * Leaves every column as the text that came over the wire: pg's own parsers are global to the process, so another
 * library could replace them, and JSON would be parsed that perhaps nobody reads.
 */
export const asText: pg.CustomTypesConfig = { getTypeParser: () => (text: string) => text };

export function decodeRows(rows: readonly EventRow[]): StoredEvent[] {
  return rows.map(decodeRow);
}

function decodeRow([sequenceNumber, eventType, milliseconds, payload, metadata]: EventRow): StoredEvent {
  return {
    eventType,
    occurredAt: new Date(Number(milliseconds)),
    payload,
    metadata,
    sequenceNumber: Number(sequenceNumber) as SequenceNumber,
  };
}
