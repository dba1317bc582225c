import fc from 'fast-check';
import type { EventStore } from '../../../server/eventstore/event-store.ts';
import { commandHandler } from '../../../server/handling/command-handler.ts';
import { addBookCopyToCirculation } from '../../../server/library/add-book-copy-to-circulation/add-book-copy-to-circulation.ts';
import { cancelReaderContract } from '../../../server/library/cancel-reader-contract/cancel-reader-contract.ts';
import type { BookID, ReaderID } from '../../../server/library/events.ts';
import { lendBookCopyToReader } from '../../../server/library/lend-book-copy-to-reader/lend-book-copy-to-reader.ts';
import { registerReader } from '../../../server/library/register-reader/register-reader.ts';
import { removeBookCopyFromCirculation } from '../../../server/library/remove-book-copy-from-circulation/remove-book-copy-from-circulation.ts';
import { returnBookCopyFromReader } from '../../../server/library/return-book-copy-from-reader/return-book-copy-from-reader.ts';
import { details, metadata } from '../../unit/support/library-examples.ts';
import type { Request } from './naive-library.ts';

/** A request with the minute of the day on which it is dated; requests come in any order of time. */
export interface DatedRequest extends Request {
  readonly minute: number;
}

const books = Array.from({ length: 12 }, (_, n) => `book-${n}` as BookID);
const readers = ['ada', 'bob', 'cleo'] as ReaderID[];

const request = (command: Request['command'], of = books): fc.Arbitrary<DatedRequest> =>
  fc.record({
    command: fc.constant(command),
    book: fc.constantFrom(...of),
    reader: fc.constantFrom(...readers),
    minute: fc.nat(1_000),
  });

const few = books.slice(0, 2);

/** A few books that pass from hand to hand, now and then somebody who leaves. */
const busy = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: request('AddBookCopyToCirculation', few) },
    { weight: 2, arbitrary: request('RemoveBookCopyFromCirculation', few) },
    { weight: 3, arbitrary: request('RegisterReader') },
    { weight: 1, arbitrary: request('CancelReaderContract') },
    { weight: 6, arbitrary: request('LendBookCopyToReader', few) },
    { weight: 5, arbitrary: request('ReturnBookCopyFromReader', few) },
  ),
  { minLength: 10, maxLength: 60 },
);

/** All books, hardly a return: readers come to the limit. */
const greedy = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: request('LendBookCopyToReader') },
    { weight: 1, arbitrary: request('ReturnBookCopyFromReader') },
    { weight: 1, arbitrary: request('CancelReaderContract') },
  ),
  { minLength: 40, maxLength: 80 },
);

const opening: DatedRequest[] = [
  ...books.map((book) => ({ command: 'AddBookCopyToCirculation', book, minute: 0 }) as const),
  ...readers.slice(0, 2).map((reader) => ({ command: 'RegisterReader', reader, minute: 0 }) as const),
].map((known) => ({ book: few[0] as BookID, reader: 'ada' as ReaderID, ...known }));

export const requests: fc.Arbitrary<readonly DatedRequest[]> = fc.oneof(
  { weight: 3, arbitrary: busy },
  { weight: 1, arbitrary: greedy.map((some) => [...opening, ...some]) },
);

/** The library's command handlers on a store. */
export function libraryDesk(store: EventStore) {
  const handlers = {
    AddBookCopyToCirculation: commandHandler(addBookCopyToCirculation, { store }),
    RemoveBookCopyFromCirculation: commandHandler(removeBookCopyFromCirculation, { store }),
    RegisterReader: commandHandler(registerReader, { store }),
    CancelReaderContract: commandHandler(cancelReaderContract, { store }),
    LendBookCopyToReader: commandHandler(lendBookCopyToReader, { store }),
    ReturnBookCopyFromReader: commandHandler(returnBookCopyFromReader, { store }),
  };
  return ({ command, book, reader, minute }: DatedRequest) => {
    const occurredAt = new Date(Date.UTC(2025, 0, 20, 0, minute));
    // Each takes what it knows, and leaves the rest.
    const given = { bookID: book, readerID: reader, name: `Reader ${reader}`, details, occurredAt, metadata };
    return handlers[command].handle(given);
  };
}
