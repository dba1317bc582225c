import type { LibraryEvent, ReaderID } from '../events.ts';

export interface RegisteredReader {
  readonly readerID: ReaderID;
  readonly name: string;
  readonly registeredAt: Date;
}

/** In the order in which they registered; a reader who came back counts from then. */
export type ReadersByID = Map<ReaderID, RegisteredReader>;

/**
 * Folds registrations and cancelations into the readers who are registered.
 *
 * Given somebody registered, when the contract is not canceled since, then they are registered with the name and the time
 * of that event.
 * Given a contract was canceled, when they register again, then they are registered anew.
 * Given a reader is registered, when they register once more, then nothing changes.
 * Given somebody is not registered, when their contract is canceled, then nothing changes.
 */
export function project(readers: ReadersByID, events: readonly LibraryEvent[]): ReadersByID {
  for (const { type, occurredAt, payload } of events) {
    if (type === 'ReaderRegistered') {
      const { ReaderID: readerID, Name: name } = payload;
      if (!readers.has(readerID)) readers.set(readerID, { readerID, name, registeredAt: occurredAt });
    } else if (type === 'ReaderContractCanceled') {
      readers.delete(payload.ReaderID);
    }
  }
  return readers;
}
