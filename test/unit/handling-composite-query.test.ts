import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { queryHandler } from '../../server/handling/query-handler.ts';
import {
  type CompositeQuery,
  compositeQueryHandler,
} from '../../server/handling/snapshots/composite-query.ts';
import { compositeSnapshot } from '../../server/handling/snapshots/composite-snapshot.ts';
import { everyEvents } from '../../server/handling/snapshots/save-policy.ts';
import { SnapshotKeeper } from '../../server/handling/snapshots/snapshot-keeper.ts';
import { snapshotting } from '../../server/handling/snapshots/snapshotting.ts';
import { booksInCirculation } from '../../server/library/books-in-circulation/books-in-circulation.ts';
import type { BooksByID } from '../../server/library/books-in-circulation/project.ts';
import { booksLentByReader } from '../../server/library/books-lent-by-reader/books-lent-by-reader.ts';
import type { LibraryEvent, ReaderID } from '../../server/library/events.ts';
import type { ReadersByID } from '../../server/library/registered-readers/project.ts';
import { registeredReaders } from '../../server/library/registered-readers/registered-readers.ts';
import { libraryHistories } from '../../server/workload/library-histories.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';

interface States {
  books: BooksByID;
  readers: ReadersByID;
}

const parts = { books: booksInCirculation, readers: registeredReaders };
const overview: CompositeQuery<Record<string, never>, LibraryEvent, States, readonly [number, number]> = {
  name: 'Overview',
  reading: 'in-batches',
  parts,
  answer: ({ books, readers }) => [books.size, readers.size],
};

test('A composite query folds each of its projections as it is folded alone, at one position', async () => {
  const store = await libraryOf(3_000);
  const { result, eventsFolded } = await compositeQueryHandler(overview, { store }).handle({});
  const books = await queryHandler(booksInCirculation, { store }).handle({});
  const readers = await queryHandler(registeredReaders, { store }).handle({});
  assert.deepEqual(result, [books.result.count, readers.result.count]);
  assert.equal(eventsFolded, books.eventsFolded + readers.eventsFolded);
});

test('The states of a composite query are one snapshot, loaded at once', async () => {
  const store = await libraryOf(3_000);
  const keeper = new SnapshotKeeper({ store });
  const states = compositeSnapshot<States>(parts);
  const plain = compositeQueryHandler({ ...overview, answer: (all) => structuredClone(all) }, { store });
  const handler = snapshotting(plain, states, keeper, { policy: everyEvents(1) });
  const first = await handler.handle({});
  await keeper.settled();
  assert.equal((await store.listSnapshots()).length, 1);
  assert.match((await store.listSnapshots())[0]?.projectionType ?? '', /^Overview v1\.1 [0-9a-f]{64}$/);
  keeper.forget();
  const stored = await handler.handle({});
  assert.deepEqual([stored.snapshot.use, stored.snapshot.eventsAfter], ['stored', 0]);
  assert.deepEqual(stored.result, first.result);
  store.store('ReaderRegistered', { ReaderID: 'r', Name: 'Somebody New' });
  const warm = await handler.handle({});
  assert.deepEqual([warm.snapshot.use, warm.snapshot.eventsAfter], ['warm', 1]);
  assert.equal(warm.result.readers.size, first.result.readers.size + 1);
  assert.equal(warm.result.books.size, first.result.books.size);
});

test('A raised version of one of the projections is told from no snapshot at all', async () => {
  const store = await libraryOf(3_000);
  const uses = [];
  for (const version of [1, 2]) {
    const keeper = new SnapshotKeeper({ store, inventory: store });
    const states = compositeSnapshot<States>({ ...parts, readers: { ...parts.readers, version } });
    const handler = snapshotting(compositeQueryHandler(overview, { store }), states, keeper, {
      policy: everyEvents(1),
    });
    uses.push((await handler.handle({})).snapshot.reason);
    await keeper.settled();
  }
  assert.deepEqual(uses, ['missing', 'incompatible']);
});

test('Whatever the order of its projections, a composite query is about the same events', () => {
  const store = new InMemoryEventStore();
  const other = {
    ...overview,
    parts: { readers: registeredReaders, again: registeredReaders, books: booksInCirculation },
    answer: () => [0, 0] as const,
  };
  const [one, another] = [
    compositeQueryHandler(overview, { store }),
    compositeQueryHandler(other, { store }),
  ];
  assert.equal(one.filter({}).hash(), another.filter({}).hash());
});

test('A projection among them that is about one reader gets the events of that reader only', async () => {
  const store = await libraryOf(2_000);
  const lent = store.events.find(({ eventType }) => eventType === 'BookCopyLentToReader') ?? assert.fail();
  const readerID: ReaderID = JSON.parse(lent.payload).ReaderID;
  const all = { ...booksInCirculation, filter: () => booksInCirculation.filter({}) };
  const composite = compositeQueryHandler(
    {
      name: 'Both',
      reading: 'at-once',
      parts: { all, own: booksLentByReader },
      answer: (states) => states,
    },
    { store },
  );
  const { result } = await composite.handle({ readerID });
  const own = await queryHandler(booksLentByReader, { store }).handle({ readerID });
  assert.deepEqual(booksLentByReader.answer(result.own, { readerID }), own.result);
});

test('Projections that read events differently, or have bounds, are not composed', async () => {
  const store = new InMemoryEventStore();
  const other = { ...registeredReaders, unmarshal: registeredReaders.unmarshal.bind(undefined) };
  const readers = { ...overview, parts: { books: booksInCirculation, readers: other } };
  assert.throws(() => compositeQueryHandler(readers, { store }), TypeError);
  const bounded = {
    ...booksInCirculation,
    filter: () => buildEventFilter().matching().anyEventTypeOf('A').occurredFrom(new Date(0)).finalize(),
  };
  const handler = compositeQueryHandler({ ...overview, parts: { ...parts, books: bounded } }, { store });
  await assert.rejects(handler.handle({}), { code: 'invalid_filter' });
});

test('What are no states of as many projections is not read', () => {
  const states = compositeSnapshot<States>(parts);
  const text = [...states.encode({ books: new Map(), readers: new Map() })].join('');
  assert.deepEqual(states.decode(text), { books: new Map(), readers: new Map() });
  for (const wrong of ['[]', '[{},[2]]', text.replace(/\d+\]\]$/, '1]]'), '{}']) {
    assert.throws(() => states.decode(wrong));
  }
});

async function libraryOf(events: number): Promise<InMemoryEventStore> {
  const store = new InMemoryEventStore();
  for (const batch of libraryHistories({ events, seed: 5, startAt: new Date('2024-01-02T08:00:00Z') })) {
    for (const event of batch) store.store(event.eventType, JSON.parse(event.payload));
  }
  return store;
}
