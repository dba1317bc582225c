import type { Decision } from '../../handling/decision.ts';
import type { LibraryEvent } from '../events.ts';
import { type LendingRecords, recordsOf } from '../lending-records.ts';
import type { ReturningRejection } from '../rejections.ts';
import type { ReturnBookCopyFromReader } from './command.ts';

/**
 * Decides whether the reader brings the book back.
 *
 * Given this reader has the book, when it is returned, then BookCopyReturnedByReader; also when they had and returned it
 * before.
 * Rejected, with ReturningBookFromReaderFailed, looked at in this order:
 *   the book was never added; the reader was never registered; the reader does not have the book and never had it.
 * Idempotent: this reader had the book and returned it; also when another reader has borrowed it since.
 */
export function decide(
  records: LendingRecords,
  command: ReturnBookCopyFromReader,
): Decision<LibraryEvent, ReturningRejection> {
  const { bookID, readerID, occurredAt } = command;
  const { book, reader } = recordsOf(records, bookID, readerID);
  if (!book.wasAdded) return rejected(command, 'book was never added');
  if (!reader.wasRegistered) return rejected(command, 'reader was never registered');
  if (book.borrower !== readerID) {
    return reader.returned.has(bookID)
      ? { outcome: 'idempotent' }
      : rejected(command, 'book is not lent to this reader');
  }
  const payload = { BookID: bookID, ReaderID: readerID };
  return { outcome: 'accepted', events: [{ type: 'BookCopyReturnedByReader', occurredAt, payload }] };
}

function rejected(
  { bookID, readerID, occurredAt }: ReturnBookCopyFromReader,
  reason: ReturningRejection,
): Decision<LibraryEvent, ReturningRejection> {
  const payload = { BookID: bookID, ReaderID: readerID, Reason: reason };
  const events = [{ type: 'ReturningBookFromReaderFailed', occurredAt, payload }] as const;
  return { outcome: 'rejected', reason, events };
}
