import type { Decision } from '../../handling/decision.ts';
import type { BookRecord } from '../book-record.ts';
import type { LibraryEvent } from '../events.ts';
import type { AddBookCopyToCirculation } from './command.ts';

/**
 * Decides whether the book comes into circulation.
 *
 * Given the book was never added, or was removed, when it is added, then BookCopyAddedToCirculation.
 * Rejected: never.
 * Idempotent: the book is in circulation.
 */
export function decide(
  { isInCirculation }: BookRecord,
  { bookID, details, occurredAt }: AddBookCopyToCirculation,
): Decision<LibraryEvent, never> {
  if (isInCirculation) return { outcome: 'idempotent' };
  const payload = { BookID: bookID, ...details };
  return { outcome: 'accepted', events: [{ type: 'BookCopyAddedToCirculation', occurredAt, payload }] };
}
