import { test } from 'node:test';
import { booksInCirculation } from '../../server/library/books-in-circulation/books-in-circulation.ts';
import type { BookInCirculation } from '../../server/library/books-in-circulation/project.ts';
import type { BookID } from '../../server/library/events.ts';
import { querySpecification } from './support/given-when-then.ts';
import {
  ada,
  added,
  at,
  bob,
  details,
  emma,
  lent,
  removed,
  returned,
  ulysses,
} from './support/library-examples.ts';

const { given } = querySpecification(booksInCirculation, {});

test('Without events there are no books', () => {
  given([]).then(answer());
});

test('A book that was added is there with all that is known about it', () => {
  given([added(emma, at(9))]).then(answer(book(emma)));
});

test('A book is lent from the moment it is lent until it is returned', () => {
  given([added(emma), lent(emma, ada)]).then(answer(book(emma, { isCurrentlyLent: true })));
  given([added(emma), lent(emma, ada), returned(emma, ada)]).then(answer(book(emma)));
});

test('A book returned by one reader and lent to another is lent, and free when that one returned it too', () => {
  const lentTwice = [added(emma), lent(emma, ada), returned(emma, ada), lent(emma, bob)];
  given(lentTwice).then(answer(book(emma, { isCurrentlyLent: true })));
  given([...lentTwice, returned(emma, bob)]).then(answer(book(emma)));
});

test('A removed book is gone, and what happens to it afterwards does not bring it back', () => {
  given([added(emma), removed(emma)]).then(answer());
  given([added(emma), removed(emma), lent(emma, ada), returned(emma, ada)]).then(answer());
});

test('A book added again starts anew: its new details, its new time, not lent, behind the others', () => {
  const revised = { ...details, Edition: '2nd Edition, revised' };
  given([
    added(emma, at(8)),
    lent(emma, ada),
    returned(emma, ada),
    added(ulysses, at(9)),
    removed(emma),
    added(emma, at(13), revised),
  ]).then(answer(book(ulysses), book(emma, { addedAt: at(13), edition: revised.Edition })));
});

test('A book that is in circulation stays as it is when it is added once more', () => {
  given([added(emma), lent(emma, ada), added(emma, at(13))]).then(
    answer(book(emma, { isCurrentlyLent: true })),
  );
});

test('What happens to one book does not touch another', () => {
  given([added(emma), added(ulysses), lent(ulysses, ada)]).then(
    answer(book(emma), book(ulysses, { isCurrentlyLent: true })),
  );
});

function answer(...books: BookInCirculation[]) {
  return { books, count: books.length };
}

function book(bookID: BookID, differently: Partial<BookInCirculation> = {}): BookInCirculation {
  return {
    bookID,
    title: details.Title,
    authors: details.Authors,
    isbn: details.ISBN,
    edition: details.Edition,
    publisher: details.Publisher,
    publicationYear: details.PublicationYear,
    addedAt: at(9),
    isCurrentlyLent: false,
    ...differently,
  };
}
