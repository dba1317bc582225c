import { test } from 'node:test';
import type { LibraryEvent } from '../../server/library/events.ts';
import type { ReturningRejection } from '../../server/library/rejections.ts';
import { returnBookCopyFromReader } from '../../server/library/return-book-copy-from-reader/return-book-copy-from-reader.ts';
import { commandSpecification } from './support/given-when-then.ts';
import {
  ada,
  added,
  at,
  bob,
  emma,
  lent,
  metadata,
  registered,
  returned,
  ulysses,
} from './support/library-examples.ts';

const { given } = commandSpecification(returnBookCopyFromReader);
const adaReturnsEmma = { bookID: emma, readerID: ada, occurredAt: at(15), metadata };
const both = [registered(ada), registered(bob), added(emma)];

const ACCEPTED: Record<string, LibraryEvent[]> = {
  'A book that the reader has': [...both, lent(emma, ada)],
  'A book that the reader had, returned and has again': [
    ...both,
    lent(emma, ada),
    returned(emma, ada),
    lent(emma, ada),
  ],
  'A book that another reader had before': [...both, lent(emma, bob), returned(emma, bob), lent(emma, ada)],
  'One of two books': [...both, lent(ulysses, ada), lent(emma, ada), returned(ulysses, ada)],
};
for (const [subject, history] of Object.entries(ACCEPTED)) {
  test(`${subject} is returned`, () => {
    given(history)
      .when(adaReturnsEmma)
      .then([returned(emma, ada, at(15))]);
  });
}

const REJECTED: Record<string, [LibraryEvent[], ReturningRejection]> = {
  'A book that was never added': [[registered(ada)], 'book was never added'],
  'A book from somebody who never registered': [[added(emma)], 'reader was never registered'],
  'A book that nobody knows, from a stranger': [[], 'book was never added'],
  'A book that was never lent': [both, 'book is not lent to this reader'],
  'A book that another reader has': [[...both, lent(emma, bob)], 'book is not lent to this reader'],
  'A book that another reader had and returned': [
    [...both, lent(emma, bob), returned(emma, bob)],
    'book is not lent to this reader',
  ],
  'A book from a reader who returned another one': [
    [...both, lent(ulysses, ada), returned(ulysses, ada)],
    'book is not lent to this reader',
  ],
};
for (const [subject, [history, reason]] of Object.entries(REJECTED)) {
  test(`${subject} is not returned: ${reason}`, () => {
    const payload = { BookID: emma, ReaderID: ada, Reason: reason };
    given(history)
      .when(adaReturnsEmma)
      .thenRefused(reason, [{ type: 'ReturningBookFromReaderFailed', occurredAt: at(15), payload }]);
  });
}

const IDEMPOTENT: Record<string, LibraryEvent[]> = {
  'A book that the reader returned': [...both, lent(emma, ada), returned(emma, ada)],
  'A book that the reader returned and another has now': [
    ...both,
    lent(emma, ada),
    returned(emma, ada),
    lent(emma, bob),
  ],
  'A book that the reader returned, and another after them': [
    ...both,
    lent(emma, ada),
    returned(emma, ada),
    lent(emma, bob),
    returned(emma, bob),
  ],
};
for (const [subject, history] of Object.entries(IDEMPOTENT)) {
  test(`${subject} is not returned twice`, () => {
    given(history).when(adaReturnsEmma).thenNothing();
  });
}
