import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Projection, Snapshotable } from '../../server/handling/projection.ts';
import { addBookCopyToCirculation } from '../../server/library/add-book-copy-to-circulation/add-book-copy-to-circulation.ts';
import { booksInCirculation } from '../../server/library/books-in-circulation/books-in-circulation.ts';
import { booksLentByReader } from '../../server/library/books-lent-by-reader/books-lent-by-reader.ts';
import { booksLentOut } from '../../server/library/books-lent-out/books-lent-out.ts';
import { cancelReaderContract } from '../../server/library/cancel-reader-contract/cancel-reader-contract.ts';
import { canceledReaders } from '../../server/library/canceled-readers/canceled-readers.ts';
import type { LibraryEvent } from '../../server/library/events.ts';
import { finishedLendings } from '../../server/library/finished-lendings/finished-lendings.ts';
import { lendBookCopyToReader } from '../../server/library/lend-book-copy-to-reader/lend-book-copy-to-reader.ts';
import { parseLibraryEvent } from '../../server/library/parse-library-event.ts';
import { registerReader } from '../../server/library/register-reader/register-reader.ts';
import { registeredReaders } from '../../server/library/registered-readers/registered-readers.ts';
import { removeBookCopyFromCirculation } from '../../server/library/remove-book-copy-from-circulation/remove-book-copy-from-circulation.ts';
import { removedBooks } from '../../server/library/removed-books/removed-books.ts';
import { returnBookCopyFromReader } from '../../server/library/return-book-copy-from-reader/return-book-copy-from-reader.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { libraryDesk, requests } from './support/library-requests.ts';

type Kept<State> = Pick<Projection<never, LibraryEvent, State>, 'initialState' | 'project'> &
  Snapshotable<State> & { readonly name: string };

function assertKept<State>(
  kept: Kept<State>,
  first: readonly LibraryEvent[],
  second: readonly LibraryEvent[],
) {
  const { name, copy = (state) => again(kept, state), initialState, project } = kept;
  const state = project(initialState(), first);
  const [read, copied] = [again(kept, state), copy(state)];
  assert.deepEqual(read, state, name);
  assert.deepEqual(copied, state, name);
  const whole = project(initialState(), [...first, ...second]);
  assert.deepEqual(project(read, second), whole, name);
  assert.deepEqual(project(copied, second), whole, name);
  assert.deepEqual(state, project(initialState(), first), `${name}: a copy was folded into the original`);
}

function again<State>({ encode, decode }: Kept<State>, state: State): State {
  const written = encode(state);
  return decode(typeof written === 'string' ? written : [...written].join(''));
}

test('A state that is written and read, or copied, goes on like the original, which stays as it is', async () => {
  await fc.assert(
    fc.asyncProperty(requests, fc.nat(80), async (asked, border) => {
      const store = new InMemoryEventStore();
      const serve = libraryDesk(store);
      for (const request of asked) await serve(request);
      const events = store.events.map(parseLibraryEvent);
      const parts = [events.slice(0, border), events.slice(border)] as const;
      assertKept(booksInCirculation, ...parts);
      assertKept(booksLentOut, ...parts);
      assertKept(booksLentByReader, ...parts);
      assertKept(registeredReaders, ...parts);
      assertKept(canceledReaders, ...parts);
      assertKept(finishedLendings, ...parts);
      assertKept(removedBooks, ...parts);
      assertKept(addBookCopyToCirculation, ...parts);
      assertKept(removeBookCopyFromCirculation, ...parts);
      assertKept(registerReader, ...parts);
      assertKept(cancelReaderContract, ...parts);
      assertKept(lendBookCopyToReader, ...parts);
      assertKept(returnBookCopyFromReader, ...parts);
    }),
    { numRuns: 200 },
  );
});

test('A text that is no such state is refused', () => {
  const all = [
    booksLentOut,
    booksLentByReader,
    registeredReaders,
    canceledReaders,
    finishedLendings,
    removedBooks,
  ];
  for (const { name, decode } of [...all, addBookCopyToCirculation, registerReader, lendBookCopyToReader]) {
    for (const json of ['', '{', 'null', '[]', '{"rows":1}', '{"books":[["b",{}]],"readers":[]}']) {
      assert.throws(() => decode(json), Error, `${name} reads ${json}`);
    }
  }
});
