import { test } from 'node:test';
import type { LibraryEvent } from '../../server/library/events.ts';
import type { RemovingRejection } from '../../server/library/rejections.ts';
import { removeBookCopyFromCirculation } from '../../server/library/remove-book-copy-from-circulation/remove-book-copy-from-circulation.ts';
import { commandSpecification } from './support/given-when-then.ts';
import { ada, added, at, bob, emma, lent, metadata, removed, returned } from './support/library-examples.ts';

const { given } = commandSpecification(removeBookCopyFromCirculation);
const removeEmma = { bookID: emma, occurredAt: at(15), metadata };

const ACCEPTED: Record<string, LibraryEvent[]> = {
  'A book in circulation': [added(emma)],
  'A book that came back into circulation': [added(emma), removed(emma), added(emma)],
  'A book that was lent and returned': [added(emma), lent(emma, ada), returned(emma, ada)],
  'A book that two readers had and returned': [
    added(emma),
    lent(emma, ada),
    returned(emma, ada),
    lent(emma, bob),
    returned(emma, bob),
  ],
};
for (const [subject, history] of Object.entries(ACCEPTED)) {
  test(`${subject} is removed`, () => {
    given(history)
      .when(removeEmma)
      .then([removed(emma, at(15))]);
  });
}

const REJECTED: Record<string, [LibraryEvent[], RemovingRejection]> = {
  'A book that was never added': [[], 'book was never added'],
  'A book that a reader has': [[added(emma), lent(emma, ada)], 'book is currently lent'],
  'A book that was returned and is lent to somebody else': [
    [added(emma), lent(emma, ada), returned(emma, ada), lent(emma, bob)],
    'book is currently lent',
  ],
  'A book that came back into circulation and is lent': [
    [added(emma), removed(emma), added(emma), lent(emma, ada)],
    'book is currently lent',
  ],
};
for (const [subject, [history, reason]] of Object.entries(REJECTED)) {
  test(`${subject} is not removed: ${reason}`, () => {
    given(history)
      .when(removeEmma)
      .thenRefused(reason, [failed(reason)]);
  });
}

test('A book that was removed is not removed twice, whatever happened to it before', () => {
  given([added(emma), removed(emma)])
    .when(removeEmma)
    .thenNothing();
  given([added(emma), lent(emma, ada), returned(emma, ada), removed(emma)])
    .when(removeEmma)
    .thenNothing();
  given([added(emma), removed(emma), added(emma), removed(emma)])
    .when(removeEmma)
    .thenNothing();
});

function failed(Reason: RemovingRejection): LibraryEvent {
  const payload = { BookID: emma, Reason };
  return { type: 'RemovingBookFromCirculationFailed', occurredAt: at(15), payload };
}
