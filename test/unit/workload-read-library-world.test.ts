import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import type { StorableEvent } from '../../server/eventstore/storable-event.ts';
import { createRandom } from '../../server/lib/random.ts';
import type { BookID, LibraryEvent, ReaderID } from '../../server/library/events.ts';
import { marshalLibraryEvent } from '../../server/library/marshal-library-event.ts';
import { Chronicle } from '../../server/workload/chronicle.ts';
import { IndexedLibraryWorld } from '../../server/workload/indexed-library-world.ts';
import { changeMembership, changeStock, visit } from '../../server/workload/library-life.ts';
import { mishap } from '../../server/workload/library-mishaps.ts';
import type { WorldBook } from '../../server/workload/library-world.ts';
import { OpeningHours } from '../../server/workload/opening-hours.ts';
import { readLibraryWorld } from '../../server/workload/read-library-world.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import {
  ada,
  added,
  bob,
  canceled,
  emma,
  lent,
  metadata,
  registered,
  removed,
  returned,
  ulysses,
} from './support/library-examples.ts';

test('The world read from the events is the one in which they happened', async () => {
  for (const steps of [1, 300, 12_000]) {
    const { world, events } = lived(steps);
    const read = await readLibraryWorld(await storeOf(events));
    assert.deepEqual(standing(read.world, events), standing(world, events));
  }
});

test('A library without events is empty', async () => {
  const { world, eventsRead, sequenceNumber } = await readLibraryWorld(new InMemoryEventStore());
  assert.deepEqual([eventsRead, sequenceNumber, world.booksInCirculation, world.readers.size], [0, 0, 0, 0]);
});

test('Refusals change nothing, and the number to go on from is that of the last event that counts', async () => {
  const failed: LibraryEvent = {
    type: 'LendingBookToReaderFailed',
    occurredAt: new Date(0),
    payload: { BookID: emma, ReaderID: ada, Reason: 'reader not registered' },
  };
  const { eventsRead, sequenceNumber, world } = await worldAfter([added(emma), failed]);
  assert.deepEqual([eventsRead, sequenceNumber, world.shelved.size], [1, 1, 1]);
});

test('What no lawful history holds leaves the world in order', async () => {
  const strange: [LibraryEvent[], object][] = [
    [[added(emma), added(emma)], { shelved: 1 }],
    [[removed(emma), lent(emma, ada), returned(emma, ada)], {}],
    [[added(emma), removed(emma), removed(emma), lent(emma, ada)], { removed: 1 }],
    [[added(emma), lent(emma, ada)], { lent: 1 }],
    [[added(emma), lent(emma, ada), lent(emma, bob), returned(emma, ada)], { shelved: 1 }],
    [
      [registered(ada), registered(ada), added(emma), lent(emma, ada), removed(emma)],
      { removed: 1, readers: 1 },
    ],
    [[registered(ada), added(emma), lent(emma, ada), canceled(ada), canceled(ada)], { lent: 1 }],
  ];
  for (const [history, expected] of strange) {
    const { world } = await worldAfter(history);
    const { shelved, lent: taken, removed: gone, readers } = world;
    const sizes = { shelved: shelved.size, lent: taken.size, removed: gone.size, readers: readers.size };
    assert.deepEqual(sizes, { shelved: 0, lent: 0, removed: 0, readers: 0, ...expected });
  }
});

test('Books and readers are found by their ids as long as the library has them', async () => {
  const { world } = await worldAfter([
    registered(ada),
    registered(bob),
    canceled(bob),
    added(emma),
    added(ulysses),
    removed(ulysses),
    lent(emma, ada),
  ]);
  assert.equal(world.book(emma)?.borrower, world.reader(ada));
  assert.deepEqual(world.reader(ada)?.loans, [world.book(emma)]);
  assert.equal(world.reader(bob), undefined);
  assert.deepEqual(world.removed.draw(createRandom(1)), world.book(ulysses));
});

test('Reading tells how far it is after each batch, and a signal ends it', async () => {
  const { events } = lived(100);
  const store = await storeOf(events);
  const told: number[] = [];
  const { eventsRead } = await readLibraryWorld(store, {
    batchSize: 50,
    progress: (read) => told.push(read),
  });
  assert.deepEqual([told[0], told.at(-1)], [50, eventsRead]);
  const controller = new AbortController();
  const progress = () => controller.abort();
  await assert.rejects(readLibraryWorld(store, { batchSize: 50, progress, signal: controller.signal }), {
    code: 'operation_canceled',
  });
});

function lived(steps: number) {
  const random = createRandom(5);
  const world = new IndexedLibraryWorld();
  const chronicle = new Chronicle(new OpeningHours(new Date('2025-01-02T09:00:00Z'), random), random);
  const scene = { world, chronicle, random, seed: 5, population: { books: 900, readers: 200 } };
  const happenings = [visit, changeStock, changeMembership, changeStock, visit, mishap];
  for (let step = 0; step < steps; step += 1) random.pick(happenings)(scene);
  return { world, events: chronicle.take(chronicle.length) };
}

/** Every book and reader that the events name, and what is drawn: the pools hold the same in the same places. */
function standing(world: IndexedLibraryWorld, events: readonly StorableEvent[]) {
  const payloads = events.map(({ payload }) => JSON.parse(payload) as { BookID: BookID; ReaderID: ReaderID });
  const books = payloads.map(({ BookID }) => bookFacts(world, world.book(BookID)));
  const readers = payloads.map(({ ReaderID }) => world.reader(ReaderID)?.loans.map(({ id }) => id));
  const random = createRandom(1);
  const drawn = [world.shelved, world.lent, world.removed, world.readers].map((pool) => [
    pool.size,
    ...Array.from({ length: 200 }, () => pool.draw(random)?.id),
  ]);
  return { books, readers, drawn };
}

function bookFacts(world: IndexedLibraryWorld, book: WorldBook | undefined) {
  if (book === undefined) return undefined;
  const { id, number, borrower, wasEverLent } = book;
  return { id, number, borrower: borrower?.id, wasEverLent, isInCirculation: world.isInCirculation(book) };
}

async function worldAfter(history: readonly LibraryEvent[]) {
  return readLibraryWorld(await storeOf(history.map((event) => marshalLibraryEvent(event, metadata))));
}

async function storeOf(events: readonly StorableEvent[]): Promise<InMemoryEventStore> {
  const store = new InMemoryEventStore();
  if (events.length > 0) await store.append(buildEventFilter().matchingAnyEvent(), emptyPosition, events);
  return store;
}
