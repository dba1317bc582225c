import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { QueryDefinition } from '../../server/handling/query-handler.ts';
import { queryHandler } from '../../server/handling/query-handler.ts';
import { booksInCirculation } from '../../server/library/books-in-circulation/books-in-circulation.ts';
import { booksLentByReader } from '../../server/library/books-lent-by-reader/books-lent-by-reader.ts';
import { booksLentOut } from '../../server/library/books-lent-out/books-lent-out.ts';
import { canceledReaders } from '../../server/library/canceled-readers/canceled-readers.ts';
import type { LibraryEvent, ReaderID } from '../../server/library/events.ts';
import { finishedLendings } from '../../server/library/finished-lendings/finished-lendings.ts';
import { parseLibraryEvent } from '../../server/library/parse-library-event.ts';
import { registeredReaders } from '../../server/library/registered-readers/registered-readers.ts';
import { removedBooks } from '../../server/library/removed-books/removed-books.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { libraryDesk, requests } from './support/library-requests.ts';
import { naiveBooksInCirculation } from './support/naive-books-in-circulation.ts';
import { naiveAnswers } from './support/naive-library.ts';

const ada = 'ada' as ReaderID;
const order = fc.constantFrom('asc', 'desc');
const maxResults = fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined });

test('Every query answers what the naive library answers, whatever lawful things happened', async () => {
  await fc.assert(
    fc.asyncProperty(requests, order, maxResults, async (asked, ...[sorting, most]) => {
      const store = new InMemoryEventStore();
      const serve = libraryDesk(store);
      for (const request of asked) await serve(request);
      const happened = store.events.map(parseLibraryEvent);
      const { FinishedLendings: finished, ...others } = naiveAnswers(happened, ada);
      const answer = async <Query, State, Result>(
        definition: QueryDefinition<Query, LibraryEvent, State, Result>,
        query: Query,
      ) => (await queryHandler(definition, { store, batchSize: 7 }).handle(query)).result;
      assert.deepEqual(await answer(booksInCirculation, {}), naiveBooksInCirculation(happened));
      assert.deepEqual(
        {
          BooksLentOut: await answer(booksLentOut, {}),
          BooksLentByReader: await answer(booksLentByReader, { readerID: ada }),
          RegisteredReaders: await answer(registeredReaders, {}),
          CanceledReaders: await answer(canceledReaders, {}),
          RemovedBooks: await answer(removedBooks, {}),
        },
        others,
      );
      const lendings = (sorting === 'asc' ? finished : finished.toReversed()).slice(0, most);
      const query = { order: sorting, ...(most !== undefined && { maxResults: most }) };
      assert.deepEqual(await answer(finishedLendings, query), {
        lendings,
        count: lendings.length,
        totalCount: finished.length,
      });
    }),
    { numRuns: 300 },
  );
});

const cuts = fc.array(fc.nat(80), { maxLength: 6 });

test('Folded in batches that are cut anywhere, every projection is the same, and early answers stay as they were', async () => {
  await fc.assert(
    fc.asyncProperty(requests, cuts, async (asked, places) => {
      const store = new InMemoryEventStore();
      const serve = libraryDesk(store);
      for (const request of asked) await serve(request);
      const batches = cutAt(store.events.map(parseLibraryEvent), places);
      assertCutAnywhere(booksInCirculation, {}, batches);
      assertCutAnywhere(booksLentOut, {}, batches);
      assertCutAnywhere(booksLentByReader, { readerID: ada }, onlyOf(ada, batches));
      assertCutAnywhere(registeredReaders, {}, batches);
      assertCutAnywhere(canceledReaders, {}, batches);
      assertCutAnywhere(removedBooks, {}, batches);
      assertCutAnywhere(finishedLendings, { order: 'desc', maxResults: 5 }, batches);
    }),
    { numRuns: 200 },
  );
});

function assertCutAnywhere<Query, State, Result>(
  { project, initialState, answer }: QueryDefinition<Query, LibraryEvent, State, Result>,
  query: Query,
  batches: readonly (readonly LibraryEvent[])[],
): void {
  let state = initialState();
  const early: { readonly kept: Result; readonly copy: Result }[] = [];
  for (const batch of batches) {
    state = project(state, batch);
    const kept = answer(state, query);
    early.push({ kept, copy: structuredClone(kept) });
  }
  assert.deepEqual(state, project(initialState(), batches.flat()));
  for (const { kept, copy } of early) assert.deepEqual(kept, copy);
}

function cutAt(events: readonly LibraryEvent[], places: readonly number[]): (readonly LibraryEvent[])[] {
  const borders = [0, ...places.toSorted((a, b) => a - b), events.length];
  return borders.slice(1).map((end, index) => events.slice(borders[index], end));
}

function onlyOf(reader: ReaderID, batches: readonly (readonly LibraryEvent[])[]) {
  return batches.map((batch) =>
    batch.filter(({ payload }) => 'ReaderID' in payload && payload.ReaderID === reader),
  );
}
