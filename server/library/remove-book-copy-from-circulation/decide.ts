import type { Decision } from '../../handling/decision.ts';
import type { BookRecord } from '../book-record.ts';
import type { LibraryEvent } from '../events.ts';
import type { RemovingRejection } from '../rejections.ts';
import type { RemoveBookCopyFromCirculation } from './command.ts';

/**
 * Decides whether the book leaves circulation.
 *
 * Given the book is in circulation and nobody has it, when it is removed, then BookCopyRemovedFromCirculation; also when
 * it was removed before and added again, and when it was lent and returned, however often.
 * Rejected, with RemovingBookFromCirculationFailed, looked at in this order:
 *   the book was never added; somebody has it.
 * Idempotent: the book was added once, and removed since.
 */
export function decide(
  { wasAdded, isInCirculation, borrower }: BookRecord,
  command: RemoveBookCopyFromCirculation,
): Decision<LibraryEvent, RemovingRejection> {
  if (!wasAdded) return rejected(command, 'book was never added');
  if (!isInCirculation) return { outcome: 'idempotent' };
  if (borrower !== null) return rejected(command, 'book is currently lent');
  const { bookID, occurredAt } = command;
  const payload = { BookID: bookID };
  return { outcome: 'accepted', events: [{ type: 'BookCopyRemovedFromCirculation', occurredAt, payload }] };
}

function rejected(
  { bookID, occurredAt }: RemoveBookCopyFromCirculation,
  reason: RemovingRejection,
): Decision<LibraryEvent, RemovingRejection> {
  const payload = { BookID: bookID, Reason: reason };
  const events = [{ type: 'RemovingBookFromCirculationFailed', occurredAt, payload }] as const;
  return { outcome: 'rejected', reason, events };
}
