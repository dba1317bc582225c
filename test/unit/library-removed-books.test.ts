import { test } from 'node:test';
import type { BookDetails, BookID } from '../../server/library/events.ts';
import type { RemovedBook } from '../../server/library/removed-books/project.ts';
import { removedBooks } from '../../server/library/removed-books/removed-books.ts';
import { querySpecification } from './support/given-when-then.ts';
import { added, at, details, emma, removed, ulysses } from './support/library-examples.ts';

const { given } = querySpecification(removedBooks, {});

test('As long as nothing was removed, no book is', () => {
  given([]).then(allOf());
  given([added(emma)]).then(allOf());
});

test('A book that was removed is told with what was known of it', () => {
  given([added(emma, at(8)), added(ulysses), removed(emma, at(12))]).then(allOf(book(emma, 8, 12)));
});

test('A book that was added again is not removed, until it is removed once more', () => {
  const cameBack = [added(emma, at(8)), removed(emma, at(9)), added(emma, at(10))];
  given(cameBack).then(allOf());
  given([...cameBack, removed(emma, at(11))]).then(allOf(book(emma, 10, 11)));
});

test('Books are in the order of their last removal, with the details of their last addition', () => {
  const revised = { ...details, Title: 'Emma, revised' };
  given([
    added(emma),
    added(ulysses, at(9)),
    removed(emma),
    added(emma, at(10), revised),
    removed(ulysses, at(11)),
    removed(emma, at(12)),
  ]).then(allOf(book(ulysses, 9, 11), book(emma, 10, 12, revised)));
});

test('Adding what is there and removing what is not change nothing', () => {
  given([
    removed(ulysses),
    added(emma, at(8)),
    added(emma, at(9)),
    removed(emma, at(10)),
    removed(emma, at(11)),
  ]).then(allOf(book(emma, 8, 10)));
});

function allOf(...books: RemovedBook[]) {
  return { books, count: books.length };
}

function book(
  bookID: BookID,
  ...[addedHour, removedHour, known = details]: [number, number, BookDetails?]
): RemovedBook {
  const { Title: title, Authors: authors, ISBN: isbn } = known;
  return { bookID, title, authors, isbn, addedAt: at(addedHour), removedAt: at(removedHour) };
}
