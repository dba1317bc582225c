import type { Decision } from '../../handling/decision.ts';
import type { LibraryEvent } from '../events.ts';
import type { ReaderRecord } from '../reader-record.ts';
import type { CancelingRejection } from '../rejections.ts';
import type { CancelReaderContract } from './command.ts';

/**
 * Decides whether a reader's contract ends.
 *
 * Given the reader is registered and has no book, when the contract is canceled, then ReaderContractCanceled; also when
 * it was canceled before and they registered again, and when they returned all that they ever had.
 * Rejected, with CancelingReaderContractFailed: a registered reader has books that are not returned.
 * Idempotent: they never registered, or the contract was canceled since.
 */
export function decide(
  { isRegistered, loans }: ReaderRecord,
  { readerID, occurredAt }: CancelReaderContract,
): Decision<LibraryEvent, CancelingRejection> {
  if (!isRegistered) return { outcome: 'idempotent' };
  if (loans.size > 0) {
    const reason = 'reader has outstanding loans';
    const payload = { ReaderID: readerID, Reason: reason } as const;
    const events = [{ type: 'CancelingReaderContractFailed', occurredAt, payload }] as const;
    return { outcome: 'rejected', reason, events };
  }
  const payload = { ReaderID: readerID };
  return { outcome: 'accepted', events: [{ type: 'ReaderContractCanceled', occurredAt, payload }] };
}
