import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import { addBookCopyToCirculation } from '../../server/library/add-book-copy-to-circulation/add-book-copy-to-circulation.ts';
import { booksInCirculation } from '../../server/library/books-in-circulation/books-in-circulation.ts';
import { booksLentByReader } from '../../server/library/books-lent-by-reader/books-lent-by-reader.ts';
import { booksLentOut } from '../../server/library/books-lent-out/books-lent-out.ts';
import { cancelReaderContract } from '../../server/library/cancel-reader-contract/cancel-reader-contract.ts';
import { canceledReaders } from '../../server/library/canceled-readers/canceled-readers.ts';
import { finishedLendings } from '../../server/library/finished-lendings/finished-lendings.ts';
import { lendBookCopyToReader } from '../../server/library/lend-book-copy-to-reader/lend-book-copy-to-reader.ts';
import { registerReader } from '../../server/library/register-reader/register-reader.ts';
import { registeredReaders } from '../../server/library/registered-readers/registered-readers.ts';
import { removeBookCopyFromCirculation } from '../../server/library/remove-book-copy-from-circulation/remove-book-copy-from-circulation.ts';
import { removedBooks } from '../../server/library/removed-books/removed-books.ts';
import { returnBookCopyFromReader } from '../../server/library/return-book-copy-from-reader/return-book-copy-from-reader.ts';
import { ada, at, details, emma, metadata } from './support/library-examples.ts';

const ADDED = 'BookCopyAddedToCirculation';
const REMOVED = 'BookCopyRemovedFromCirculation';
const LENT = 'BookCopyLentToReader';
const RETURNED = 'BookCopyReturnedByReader';
const REGISTERED = 'ReaderRegistered';
const CANCELED = 'ReaderContractCanceled';

const ofBook = [`BookID=${emma}`];
const ofReader = [`ReaderID=${ada}`];
const ofBookOrReader = [...ofBook, ...ofReader];

const when = { occurredAt: at(15), metadata };
const book = { bookID: emma, ...when };
const reader = { readerID: ada, ...when };
const loan = { ...book, ...reader };

interface Expected {
  readonly filter: EventFilter;
  readonly types: readonly string[];
  readonly predicates: readonly string[];
}

const BOUNDARIES: Record<string, Expected> = {
  AddBookCopyToCirculation: {
    filter: addBookCopyToCirculation.filter({ ...book, details }),
    types: [ADDED, REMOVED],
    predicates: ofBook,
  },
  RemoveBookCopyFromCirculation: {
    filter: removeBookCopyFromCirculation.filter(book),
    types: [ADDED, REMOVED, LENT, RETURNED],
    predicates: ofBook,
  },
  RegisterReader: {
    filter: registerReader.filter({ ...reader, name: 'Ada' }),
    types: [REGISTERED, CANCELED],
    predicates: ofReader,
  },
  CancelReaderContract: {
    filter: cancelReaderContract.filter(reader),
    types: [REGISTERED, CANCELED, LENT, RETURNED],
    predicates: ofReader,
  },
  LendBookCopyToReader: {
    filter: lendBookCopyToReader.filter(loan),
    types: [ADDED, REMOVED, LENT, RETURNED, REGISTERED, CANCELED],
    predicates: ofBookOrReader,
  },
  ReturnBookCopyFromReader: {
    filter: returnBookCopyFromReader.filter(loan),
    types: [ADDED, LENT, RETURNED, REGISTERED],
    predicates: ofBookOrReader,
  },
  BooksInCirculation: {
    filter: booksInCirculation.filter({}),
    types: [ADDED, REMOVED, LENT, RETURNED],
    predicates: [],
  },
  BooksLentOut: { filter: booksLentOut.filter({}), types: [LENT, RETURNED], predicates: [] },
  BooksLentByReader: {
    filter: booksLentByReader.filter({ readerID: ada }),
    types: [LENT, RETURNED],
    predicates: ofReader,
  },
  RegisteredReaders: { filter: registeredReaders.filter({}), types: [REGISTERED, CANCELED], predicates: [] },
  CanceledReaders: { filter: canceledReaders.filter({}), types: [REGISTERED, CANCELED], predicates: [] },
  FinishedLendings: {
    filter: finishedLendings.filter({ order: 'asc' }),
    types: [LENT, RETURNED],
    predicates: [],
  },
  RemovedBooks: { filter: removedBooks.filter({}), types: [ADDED, REMOVED], predicates: [] },
};

for (const [name, { filter, types, predicates }] of Object.entries(BOUNDARIES)) {
  test(`${name} reads exactly the events that it needs`, () => {
    assert.equal(filter.items.length, 1);
    const item = filter.items[0];
    assert.deepEqual(item?.eventTypes, types.toSorted());
    assert.deepEqual(
      item?.predicates.map(({ key, value }) => `${key}=${value}`),
      predicates,
    );
    assert.equal(item?.predicateMode, 'any');
  });
}

test('All questions about finished lendings share one filter, so that one folded state answers them', () => {
  const filters = [
    finishedLendings.filter({ order: 'asc' }),
    finishedLendings.filter({ order: 'desc', maxResults: 3 }),
  ];
  assert.equal(new Set(filters.map((filter) => filter.hash())).size, 1);
});
