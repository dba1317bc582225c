import { test } from 'node:test';
import { booksLentByReader } from '../../server/library/books-lent-by-reader/books-lent-by-reader.ts';
import { booksLentOut } from '../../server/library/books-lent-out/books-lent-out.ts';
import type { BookLentOut } from '../../server/library/books-lent-out/project.ts';
import type { BookID } from '../../server/library/events.ts';
import { querySpecification } from './support/given-when-then.ts';
import { ada, at, bob, emma, lent, returned, ulysses } from './support/library-examples.ts';

const lentOut = querySpecification(booksLentOut, {});
const adasBooks = querySpecification(booksLentByReader, { readerID: ada });

test('Without loans nothing is lent out', () => {
  lentOut.given([]).then(allOf());
});

test('A book is lent out, to whom and since when, until it is returned', () => {
  lentOut.given([lent(emma, ada, at(10))]).then(allOf(loan(emma, ada, 10)));
  lentOut.given([lent(emma, ada), returned(emma, ada)]).then(allOf());
});

test('A book that was returned and lent to somebody else is lent out to them', () => {
  const history = [lent(emma, ada, at(9)), returned(emma, ada), lent(emma, bob, at(13))];
  lentOut.given(history).then(allOf(loan(emma, bob, 13)));
  lentOut.given([...history, returned(emma, bob)]).then(allOf());
});

test('Books are in the order of their last loan', () => {
  lentOut
    .given([
      lent(emma, ada, at(9)),
      lent(ulysses, bob, at(10)),
      returned(emma, ada, at(11)),
      lent(emma, ada, at(12)),
    ])
    .then(allOf(loan(ulysses, bob, 10), loan(emma, ada, 12)));
});

test('A reader without loans has no books, whoever that is', () => {
  adasBooks.given([]).then({ readerID: ada, books: [], count: 0 });
});

test('A reader has the books that they borrowed and did not return, since the last loan of each', () => {
  adasBooks
    .given([lent(emma, ada, at(9)), lent(ulysses, ada, at(10)), returned(emma, ada), lent(emma, ada, at(13))])
    .then(adaHas([ulysses, 10], [emma, 13]));
  adasBooks
    .given([lent(emma, ada), lent(ulysses, ada, at(10)), returned(emma, ada)])
    .then(adaHas([ulysses, 10]));
});

function allOf(...books: BookLentOut[]) {
  return { books, count: books.length };
}

function loan(bookID: BookID, readerID: BookLentOut['readerID'], hour: number): BookLentOut {
  return { bookID, readerID, lentAt: at(hour) };
}

function adaHas(...loans: [BookID, number][]) {
  const books = loans.map(([bookID, hour]) => ({ bookID, lentAt: at(hour) }));
  return { readerID: ada, books, count: books.length };
}
