import type { Decision } from '../../handling/decision.ts';
import type { LibraryEvent } from '../events.ts';
import { type LendingRecords, recordsOf } from '../lending-records.ts';
import { type LendingRejection, MAX_BOOKS_PER_READER } from '../rejections.ts';
import type { LendBookCopyToReader } from './command.ts';

/**
 * Decides whether the reader gets the book.
 *
 * Given the reader is registered and has fewer than 10 books, and the book is in circulation and nobody has it, when it
 * is lent, then BookCopyLentToReader; whoever had it before, this reader or another, and brought it back.
 * Rejected, with LendingBookToReaderFailed, looked at in this order:
 *   the reader is not registered: never was, or the contract was canceled since;
 *   the book is not in circulation: never was added, or was removed since;
 *   another reader has the book;
 *   the reader has 10 books.
 * Idempotent, looked at before all of these, so that asking twice for a tenth book is no mistake:
 *   this reader has the book.
 */
export function decide(
  records: LendingRecords,
  command: LendBookCopyToReader,
): Decision<LibraryEvent, LendingRejection> {
  const { bookID, readerID, occurredAt } = command;
  const { book, reader } = recordsOf(records, bookID, readerID);
  if (book.borrower === readerID) return { outcome: 'idempotent' };
  if (!reader.isRegistered) return rejected(command, 'reader not registered');
  if (!book.isInCirculation) return rejected(command, 'book not in circulation');
  if (book.borrower !== null) return rejected(command, 'book already lent');
  if (reader.loans.size >= MAX_BOOKS_PER_READER) return rejected(command, 'reader has 10 books');
  const payload = { BookID: bookID, ReaderID: readerID };
  return { outcome: 'accepted', events: [{ type: 'BookCopyLentToReader', occurredAt, payload }] };
}

function rejected(
  { bookID, readerID, occurredAt }: LendBookCopyToReader,
  reason: LendingRejection,
): Decision<LibraryEvent, LendingRejection> {
  const payload = { BookID: bookID, ReaderID: readerID, Reason: reason };
  const events = [{ type: 'LendingBookToReaderFailed', occurredAt, payload }] as const;
  return { outcome: 'rejected', reason, events };
}
