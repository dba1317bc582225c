import { test } from 'node:test';
import { cancelReaderContract } from '../../server/library/cancel-reader-contract/cancel-reader-contract.ts';
import type { LibraryEvent } from '../../server/library/events.ts';
import { commandSpecification } from './support/given-when-then.ts';
import {
  ada,
  at,
  canceled,
  emma,
  lent,
  metadata,
  registered,
  returned,
  ulysses,
} from './support/library-examples.ts';

const { given } = commandSpecification(cancelReaderContract);
const cancelAda = { readerID: ada, occurredAt: at(15), metadata };

const ACCEPTED: Record<string, LibraryEvent[]> = {
  'A reader without books': [registered(ada)],
  'A reader who returned all books': [
    registered(ada),
    lent(emma, ada),
    lent(ulysses, ada),
    returned(emma, ada),
    returned(ulysses, ada),
  ],
  'A reader who left and came back': [registered(ada), canceled(ada), registered(ada)],
};
for (const [subject, history] of Object.entries(ACCEPTED)) {
  test(`${subject} can leave`, () => {
    given(history)
      .when(cancelAda)
      .then([canceled(ada, at(15))]);
  });
}

const REJECTED: Record<string, LibraryEvent[]> = {
  'A reader with a book': [registered(ada), lent(emma, ada)],
  'A reader who returned only one of two books': [
    registered(ada),
    lent(emma, ada),
    lent(ulysses, ada),
    returned(emma, ada),
  ],
  'A reader who borrowed again what they had returned': [
    registered(ada),
    lent(emma, ada),
    returned(emma, ada),
    lent(emma, ada),
  ],
  'A reader who came back and borrowed': [registered(ada), canceled(ada), registered(ada), lent(emma, ada)],
};
for (const [subject, history] of Object.entries(REJECTED)) {
  test(`${subject} cannot leave`, () => {
    const Reason = 'reader has outstanding loans';
    const payload = { ReaderID: ada, Reason } as const;
    given(history)
      .when(cancelAda)
      .thenRefused(Reason, [{ type: 'CancelingReaderContractFailed', occurredAt: at(15), payload }]);
  });
}

test('Who never was a reader, or left already, does not leave', () => {
  given([]).when(cancelAda).thenNothing();
  given([registered(ada), canceled(ada)])
    .when(cancelAda)
    .thenNothing();
  given([registered(ada), lent(emma, ada), returned(emma, ada), canceled(ada)])
    .when(cancelAda)
    .thenNothing();
});
