import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BookID, LibraryEvent, ReaderID } from '../../server/library/events.ts';
import { finishedLendings } from '../../server/library/finished-lendings/finished-lendings.ts';
import type { FinishedLending } from '../../server/library/finished-lendings/project.ts';
import type { FinishedLendingsQuery } from '../../server/library/finished-lendings/query.ts';
import { querySpecification } from './support/given-when-then.ts';
import { ada, at, bob, emma, lent, returned, ulysses } from './support/library-examples.ts';

const { given } = querySpecification(finishedLendings, { order: 'asc' });

test('A lending is finished by the return, not before', () => {
  given([]).then(allOf());
  given([lent(emma, ada)]).then(allOf());
  given([lent(emma, ada, at(9)), returned(emma, ada, at(12))]).then(allOf(lending(emma, ada, [9, 12])));
});

test('Each loan of a book is a lending of its own, of the same reader and of others', () => {
  given([
    lent(emma, ada, at(8)),
    returned(emma, ada, at(9)),
    lent(emma, bob, at(10)),
    returned(emma, bob, at(11)),
    lent(emma, ada, at(12)),
    returned(emma, ada, at(13)),
    lent(emma, bob, at(14)),
  ]).then(allOf(lending(emma, ada, [8, 9]), lending(emma, bob, [10, 11]), lending(emma, ada, [12, 13])));
});

test('A return of what is not lent finishes nothing', () => {
  given([returned(emma, ada), lent(emma, ada, at(8)), returned(emma, ada, at(9)), returned(emma, ada)]).then(
    allOf(lending(emma, ada, [8, 9])),
  );
});

const three: LibraryEvent[] = [
  lent(emma, ada, at(8)),
  lent(ulysses, bob, at(9)),
  returned(ulysses, bob, at(10)),
  returned(emma, ada, at(12)),
  lent(emma, bob, at(12)),
  // Stored after the return at 12 o'clock, and dated before.
  returned(emma, bob, at(11)),
];
const sorted = [lending(ulysses, bob, [9, 10]), lending(emma, bob, [12, 11]), lending(emma, ada, [8, 12])];

test('Lendings are in the order of their returns, or the other way round, whatever the order of events', () => {
  assert.deepEqual(answerTo({ order: 'asc' }), allOf(...sorted));
  assert.deepEqual(answerTo({ order: 'desc' }), allOf(...sorted.toReversed()));
});

test('Of the results come the first so many of the order, and the total count tells of all', () => {
  const first = (count: number) => ({ lendings: sorted.slice(0, count), count, totalCount: 3 });
  const last = (count: number) => ({
    lendings: sorted.toReversed().slice(0, count),
    count,
    totalCount: 3,
  });
  for (const count of [1, 2, 3]) {
    assert.deepEqual(answerTo({ order: 'asc', maxResults: count }), first(count));
    assert.deepEqual(answerTo({ order: 'desc', maxResults: count }), last(count));
  }
  assert.deepEqual(answerTo({ order: 'desc', maxResults: 50 }), last(3));
});

function answerTo(query: FinishedLendingsQuery) {
  const { answer, initialState, project } = finishedLendings;
  return answer(project(initialState(), three), query);
}

function allOf(...lendings: FinishedLending[]) {
  return { lendings, count: lendings.length, totalCount: lendings.length };
}

function lending(bookID: BookID, readerID: ReaderID, [from, to]: [number, number]): FinishedLending {
  return { bookID, readerID, lentAt: at(from), returnedAt: at(to) };
}
