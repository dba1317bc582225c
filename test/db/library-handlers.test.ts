import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition, type ReadOnlyEventStore } from '../../server/eventstore/event-store.ts';
import type { StoredEvent } from '../../server/eventstore/storable-event.ts';
import { queryHandler } from '../../server/handling/query-handler.ts';
import type { OperationRecord } from '../../server/handling/recording/operation-record.ts';
import { systemClock } from '../../server/lib/clock.ts';
import { createRandom } from '../../server/lib/random.ts';
import { booksInCirculation } from '../../server/library/books-in-circulation/books-in-circulation.ts';
import { parseLibraryEvent } from '../../server/library/parse-library-event.ts';
import { exampleHandlers } from '../../server/workload/example-handlers.ts';
import { libraryHistories } from '../../server/workload/library-histories.ts';
import { readLibraryWorld } from '../../server/workload/read-library-world.ts';
import type { RunnableHandler } from '../../server/workload/runnable-handler.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { naiveBooksInCirculation } from '../property/support/naive-books-in-circulation.ts';
import { type LibraryDatabase, libraryDatabase } from './support/library-database.ts';

const { signal } = new AbortController();
const startAt = new Date('2025-01-02T09:00:00Z');

test('Of 50,000 stored events BooksInCirculation makes what a naive look back at the generated ones makes', async () => {
  await using library = await libraryDatabase(50_000);
  const { store } = library;
  const { result } = await queryHandler(booksInCirculation, { store }).handle({});
  const generated = [...libraryHistories({ events: 50_000, seed: 1, startAt })].flat();
  const events = generated.map((event, index) => parseLibraryEvent(numbered(event, index + 1)));
  const expected = naiveBooksInCirculation(events);
  assert.ok(expected.count > 4_000 && expected.books.some(({ isCurrentlyLent }) => isCurrentlyLent));
  assert.deepEqual(result, expected);
});

test('The phases of BooksInCirculation add up to its wall time but for 2 %, and tell what was read', async () => {
  await using library = await libraryDatabase(50_000);
  const records = await executed(named('BooksInCirculation', library), 8);
  assertAttributed(records);
  for (const record of records) {
    const phases = new Set(record.phases.map(({ phase }) => phase));
    for (const phase of ['filter_build', 'sql_execute', 'row_decode', 'unmarshal', 'project'] as const) {
      assert.ok(phases.has(phase), `no ${phase}`);
    }
    assert.deepEqual(Object.keys(record.eventsReadByType).sort(), [
      'BookCopyAddedToCirculation',
      'BookCopyLentToReader',
      'BookCopyRemovedFromCirculation',
      'BookCopyReturnedByReader',
    ]);
  }
});

test('The phases of AddBookCopyToCirculation, a millisecond long, add up to its wall time but for 2 %', async () => {
  await using library = await libraryDatabase(1_000);
  const handler = named('AddBookCopyToCirculation', library);
  // The first half warms up: the test runner's own hooks make every promise dear until then.
  const records = await executed(handler, 1_000);
  assertAttributed(records.slice(500));
  assert.ok(records.every(({ outcome }) => outcome === 'accepted'));
  const phases = new Set(records.flatMap((record) => record.phases.map(({ phase }) => phase)));
  for (const phase of ['filter_build', 'sql_execute', 'decide', 'marshal', 'append'] as const) {
    assert.ok(phases.has(phase), `no ${phase}`);
  }
  assert.equal(await countOf('BookCopyAddedToCirculation', library), 1_000 + seededBooks(1_000));
});

test('Handlers at the same time on shared connections each keep their own phases and events', async () => {
  await using library = await libraryDatabase(5_000);
  const books = named('BooksInCirculation', library);
  const addBook = named('AddBookCopyToCirculation', library);
  // Opens all connections inside of an operation: their callbacks keep that operation's context for good.
  await Promise.all(Array.from({ length: 8 }, (_, iteration) => books.execute(iteration, signal)));
  const records = await Promise.all(
    Array.from({ length: 40 }, (_, iteration) =>
      (iteration % 2 ? books : addBook).execute(iteration, signal),
    ),
  );
  for (const record of records) {
    const isQuery = record.kind === 'query';
    const phases = new Set(record.phases.map(({ phase }) => phase));
    assert.deepEqual([phases.has('append'), phases.has('decide')], [!isQuery, !isQuery]);
    assert.equal(Object.keys(record.eventsReadByType).length > 0, isQuery);
    assertOrdered(record);
  }
});

test('All handlers of the library run on a seeded store, with inputs of what it holds', async () => {
  await using library = await libraryDatabase(20_000);
  const { store, recorder } = library;
  for (const handler of exampleHandlers({ store, recorder, clock: systemClock, seed: 1, runId: 'run' })) {
    const outcomes = (await executed(handler, 5)).map(({ outcome }) => outcome);
    const expected = handler.kind === 'query' ? 'answered' : 'accepted';
    assert.deepEqual(outcomes, Array(5).fill(expected), handler.name);
  }
});

test('The world of a seeded store is that of the generated events', async () => {
  await using library = await libraryDatabase(20_000);
  const generated = [...libraryHistories({ events: 20_000, seed: 1, startAt })].flat();
  const model = new InMemoryEventStore();
  await model.append(buildEventFilter().matchingAnyEvent(), emptyPosition, generated);
  const drawn = async (from: ReadOnlyEventStore) => {
    const { world, eventsRead } = await readLibraryWorld(from, { batchSize: 3_000 });
    const random = createRandom(1);
    const pools = [world.shelved, world.lent, world.removed, world.readers];
    const ids = pools.map((pool) => Array.from({ length: 500 }, () => pool.draw(random)?.id));
    return { eventsRead, sizes: pools.map(({ size }) => size), ids };
  };
  assert.deepEqual(await drawn(library.store), await drawn(model));
});

test('An abort in the middle ends BooksInCirculation and frees its connection', async () => {
  await using library = await libraryDatabase(20_000);
  const controller = new AbortController();
  const aborting = {
    ...booksInCirculation,
    project: (...parameters: Parameters<typeof booksInCirculation.project>) => {
      controller.abort();
      return booksInCirculation.project(...parameters);
    },
  };
  const handler = queryHandler(aborting, { store: library.store, batchSize: 500 });
  await assert.rejects(handler.handle({}, { signal: controller.signal }), { code: 'operation_canceled' });
  assert.equal((await executed(named('BooksInCirculation', library), 1))[0]?.outcome, 'answered');
});

function named(name: string, { store, recorder }: LibraryDatabase): RunnableHandler {
  const handlers = exampleHandlers({ store, recorder, clock: systemClock, seed: 1, runId: 'run' });
  const handler = handlers.find((candidate) => candidate.name === name);
  assert.ok(handler);
  return handler;
}

async function executed(handler: RunnableHandler, times: number): Promise<OperationRecord[]> {
  const records: OperationRecord[] = [];
  for (let iteration = 0; iteration < times; iteration += 1) {
    records.push(await handler.execute(iteration, signal));
  }
  return records;
}

/**
 * The best one: other processes take the processor away between two phases, and that is nobody's phase. A part of
 * the handler that were in no phase would be missing in all of them.
 */
function assertAttributed(records: readonly OperationRecord[]): void {
  records.forEach(assertOrdered);
  const shares = records.map((record) => unattributedMicros(record) / record.durationMicros);
  const best = Math.min(...shares);
  assert.ok(best < 0.02, `${(best * 100).toFixed(2)} % of the time lies in no phase`);
}

function unattributedMicros({ durationMicros, phases }: OperationRecord): number {
  return durationMicros - phases.reduce((sum, span) => sum + span.durationMicros, 0);
}

function assertOrdered({ startMicros, durationMicros, phases }: OperationRecord): void {
  // Half a nanosecond for the rounding of additions in floating point.
  const rounding = 5e-4;
  let end = startMicros;
  for (const span of phases) {
    assert.ok(span.startMicros >= end - rounding, `${span.phase} starts before the stretch before it ends`);
    end = span.startMicros + span.durationMicros;
  }
  assert.ok(end <= startMicros + durationMicros + rounding);
}

async function countOf(eventType: string, { store }: LibraryDatabase): Promise<number> {
  const filter = buildEventFilter().matching().anyEventTypeOf(eventType).finalize();
  return (await store.query(filter)).events.length;
}

function seededBooks(events: number): number {
  const generated = [...libraryHistories({ events, seed: 1, startAt })].flat();
  return generated.filter(({ eventType }) => eventType === 'BookCopyAddedToCirculation').length;
}

function numbered(event: Omit<StoredEvent, 'sequenceNumber'>, sequenceNumber: number): StoredEvent {
  return { ...event, sequenceNumber: sequenceNumber as StoredEvent['sequenceNumber'] };
}
