import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { booksInCirculation } from '../../server/library/books-in-circulation/books-in-circulation.ts';
import type { LibraryEvent } from '../../server/library/events.ts';
import { added, at, lent, removed, returned } from '../unit/support/library-examples.ts';
import { naiveBooksInCirculation } from './support/naive-books-in-circulation.ts';

const book = fc.constantFrom('b1', 'b2', 'b3') as fc.Arbitrary<Parameters<typeof removed>[0]>;
const reader = fc.constantFrom('r1', 'r2') as fc.Arbitrary<Parameters<typeof lent>[1]>;

// Any order, lawful or not: the projection must not depend on who guards the rules.
const history: fc.Arbitrary<LibraryEvent[]> = fc.array(
  fc.oneof(
    fc.tuple(book, fc.nat(23)).map(([id, hour]) => added(id, at(hour))),
    book.map((id) => removed(id)),
    fc.tuple(book, reader).map(([id, by]) => lent(id, by)),
    fc.tuple(book, reader).map(([id, by]) => returned(id, by)),
  ),
  { maxLength: 40 },
);

test('The books in circulation are what the last events of each book say, in every order of events', () => {
  fc.assert(
    fc.property(history, (events) => {
      const state = booksInCirculation.project(booksInCirculation.initialState(), events);
      assert.deepEqual(booksInCirculation.answer(state, {}), naiveBooksInCirculation(events));
    }),
    { numRuns: 1_000 },
  );
});

test('Folding in batches gives the same as folding at once, and earlier answers stay as they were', () => {
  fc.assert(
    fc.property(history, fc.nat(40), (events, border) => {
      const { answer, initialState, project } = booksInCirculation;
      const [first, second] = [events.slice(0, border), events.slice(border)];
      const state = project(initialState(), first);
      const early = answer(state, {});
      const late = answer(project(state, second), {});
      assert.deepEqual(late, answer(project(initialState(), events), {}));
      assert.deepEqual(early, naiveBooksInCirculation(first));
    }),
  );
});
