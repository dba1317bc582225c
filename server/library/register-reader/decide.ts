import type { Decision } from '../../handling/decision.ts';
import type { LibraryEvent } from '../events.ts';
import type { ReaderRecord } from '../reader-record.ts';
import type { RegisterReader } from './command.ts';

/**
 * Decides whether somebody becomes a reader.
 *
 * Given they never were one, or their contract was canceled, when they register, then ReaderRegistered.
 * Rejected: never.
 * Idempotent: they are registered; the name that they give then changes nothing.
 */
export function decide(
  { isRegistered }: ReaderRecord,
  { readerID, name, occurredAt }: RegisterReader,
): Decision<LibraryEvent, never> {
  if (isRegistered) return { outcome: 'idempotent' };
  const payload = { ReaderID: readerID, Name: name };
  return { outcome: 'accepted', events: [{ type: 'ReaderRegistered', occurredAt, payload }] };
}
