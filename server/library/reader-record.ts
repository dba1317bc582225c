import type { BookID, LibraryEvent } from './events.ts';

/** What the history of one reader says of them, for the commands that decide on it. */
export interface ReaderRecord {
  /** At some time, however long ago. */
  wasRegistered: boolean;
  isRegistered: boolean;
  /** The books that they have at home. */
  readonly loans: Set<BookID>;
  /** The books that they had and brought back, also if they have them again. */
  readonly returned: Set<BookID>;
}

export function unknownReader(): ReaderRecord {
  return { wasRegistered: false, isRegistered: false, loans: new Set(), returned: new Set() };
}

/** Folds events of this one reader, and may be given others. Changes the record. */
export function projectReader(reader: ReaderRecord, events: readonly LibraryEvent[]): ReaderRecord {
  for (const event of events) recordOfReader(reader, event);
  return reader;
}

/**
 * Given a reader registered, then they are registered until the contract is canceled; they once were for good.
 * Given a book was lent to the reader, then they have it until they return it; from then on they have returned it.
 * Given a reader returns a book that they do not have, then nothing changes.
 */
export function recordOfReader(reader: ReaderRecord, event: LibraryEvent): void {
  switch (event.type) {
    case 'ReaderRegistered':
      reader.wasRegistered = true;
      reader.isRegistered = true;
      break;
    case 'ReaderContractCanceled':
      reader.isRegistered = false;
      break;
    case 'BookCopyLentToReader':
      reader.loans.add(event.payload.BookID);
      break;
    case 'BookCopyReturnedByReader':
      if (reader.loans.delete(event.payload.BookID)) reader.returned.add(event.payload.BookID);
      break;
  }
}
