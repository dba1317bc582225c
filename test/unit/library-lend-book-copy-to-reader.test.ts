import { test } from 'node:test';
import type { BookID, LibraryEvent } from '../../server/library/events.ts';
import { lendBookCopyToReader } from '../../server/library/lend-book-copy-to-reader/lend-book-copy-to-reader.ts';
import type { LendingRejection } from '../../server/library/rejections.ts';
import { commandSpecification } from './support/given-when-then.ts';
import {
  ada,
  added,
  at,
  bob,
  canceled,
  emma,
  lent,
  metadata,
  registered,
  removed,
  returned,
} from './support/library-examples.ts';

const { given } = commandSpecification(lendBookCopyToReader);
const lendEmmaToAda = { bookID: emma, readerID: ada, occurredAt: at(15), metadata };
const both = [registered(ada), registered(bob), added(emma)];

const ACCEPTED: Record<string, LibraryEvent[]> = {
  'A book on the shelf to a registered reader': both,
  'A book that another reader had and returned': [...both, lent(emma, bob), returned(emma, bob)],
  'A book that this reader had and returned': [...both, lent(emma, ada), returned(emma, ada)],
  'A book that first this reader had and then another': [
    ...both,
    lent(emma, ada),
    returned(emma, ada),
    lent(emma, bob),
    returned(emma, bob),
  ],
  'A book that was removed and added again': [...both, removed(emma), added(emma)],
  'A book that a reader had before it was removed and added again': [
    ...both,
    lent(emma, ada),
    returned(emma, ada),
    removed(emma),
    added(emma),
  ],
  'A book to a reader who left and came back': [...both, canceled(ada), registered(ada)],
  'A tenth book': [...both, ...lentToAda(9)],
  'A book to a reader who had ten and returned one': [...both, ...lentToAda(10), returned(book(4), ada)],
  'A book to a reader who had many, one after the other': [
    ...both,
    ...Array.from({ length: 12 }, (_, n) => [lent(book(n), ada), returned(book(n), ada)]).flat(),
  ],
};
for (const [subject, history] of Object.entries(ACCEPTED)) {
  test(`${subject} is lent`, () => {
    given(history)
      .when(lendEmmaToAda)
      .then([lent(emma, ada, at(15))]);
  });
}

const REJECTED: Record<string, [LibraryEvent[], LendingRejection]> = {
  'To somebody who never registered': [[added(emma)], 'reader not registered'],
  'To a reader whose contract was canceled': [[...both, canceled(ada)], 'reader not registered'],
  'A book that was never added': [[registered(ada)], 'book not in circulation'],
  'A book that was removed': [[...both, removed(emma)], 'book not in circulation'],
  'A book that was lent and returned before it was removed': [
    [...both, lent(emma, ada), returned(emma, ada), removed(emma)],
    'book not in circulation',
  ],
  'A book that another reader has': [[...both, lent(emma, bob)], 'book already lent'],
  'A book that this reader returned and another has': [
    [...both, lent(emma, ada), returned(emma, ada), lent(emma, bob)],
    'book already lent',
  ],
  'To a reader with ten books': [[...both, ...lentToAda(10)], 'reader has 10 books'],
  'To a stranger, a book that nobody knows': [[], 'reader not registered'],
  'To a reader with ten books, a book that another has': [
    [...both, lent(emma, bob), ...lentToAda(10)],
    'book already lent',
  ],
  'To a reader with ten books, a book that was removed': [
    [...both, ...lentToAda(10), removed(emma)],
    'book not in circulation',
  ],
};
for (const [subject, [history, reason]] of Object.entries(REJECTED)) {
  test(`${subject}: nothing is lent, ${reason}`, () => {
    const payload = { BookID: emma, ReaderID: ada, Reason: reason };
    given(history)
      .when(lendEmmaToAda)
      .thenRefused(reason, [{ type: 'LendingBookToReaderFailed', occurredAt: at(15), payload }]);
  });
}

const IDEMPOTENT: Record<string, LibraryEvent[]> = {
  'A book that the reader has': [...both, lent(emma, ada)],
  'A book that the reader had, returned and has again': [
    ...both,
    lent(emma, ada),
    returned(emma, ada),
    lent(emma, ada),
  ],
  'A book that another reader returned before this one got it': [
    ...both,
    lent(emma, bob),
    returned(emma, bob),
    lent(emma, ada),
  ],
  'The tenth book of a reader with ten': [...both, ...lentToAda(9), lent(emma, ada)],
};
for (const [subject, history] of Object.entries(IDEMPOTENT)) {
  test(`${subject} is not lent twice`, () => {
    given(history).when(lendEmmaToAda).thenNothing();
  });
}

function book(n: number): BookID {
  return `book-${n}` as BookID;
}

function lentToAda(count: number): LibraryEvent[] {
  return Array.from({ length: count }, (_, n) => lent(book(n), ada));
}
