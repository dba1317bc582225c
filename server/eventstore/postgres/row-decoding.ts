import type pg from 'pg';
import type { SequenceNumber, StoredEvent } from '../storable-event.ts';

/** Head, payload and metadata, as text. The head is sequence number, milliseconds since 1970 and event type. */
export type EventRow = [string, string, string];

/**
 * One column for the three that are short: each column of a row costs the client 0.1 µs, and the database joins these for
 * half of what that saves. Numbers: docs/decisions/2026-11-21-fastest-raw-replay.md
 */
export const eventColumns =
  "sequence_number || ' ' || (date_part('epoch', occurred_at) * 1000)::bigint || ' ' || event_type, payload, metadata";

/**
 * Leaves every column as the text that came over the wire: pg's own parsers are global to the process, so another
 * library could replace them, and JSON would be parsed that perhaps nobody reads.
 */
export const asText: pg.CustomTypesConfig = { getTypeParser: () => (text: string) => text };

export function decodeRows(rows: readonly EventRow[]): StoredEvent[] {
  return rows.map(decodeRow);
}

function decodeRow([head, payload, metadata]: EventRow): StoredEvent {
  const first = head.indexOf(' ');
  // A type may hold any character.
  const second = head.indexOf(' ', first + 1);
  return {
    eventType: head.slice(second + 1),
    occurredAt: new Date(Number(head.slice(first + 1, second))),
    payload,
    metadata,
    sequenceNumber: Number(head.slice(0, first)) as SequenceNumber,
  };
}
