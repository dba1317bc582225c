import type pg from 'pg';
import { importEvents } from '../../../server/eventstore/postgres/import-events.ts';
import { buildStorableEvent, type StorableEvent } from '../../../server/eventstore/storable-event.ts';
import { createRandom } from '../../../server/lib/random.ts';
import type { BookInCirculation } from '../../../server/library/books-in-circulation/project.ts';
import { uuidOf } from '../../../server/workload/uuid.ts';

/** Lends books and gives them back, as many events as are asked for, lawfully. */
export class NewerEvents {
  readonly #pool: pg.Pool;
  readonly #onShelf: readonly BookInCirculation[];
  readonly #random = createRandom(7);
  #stored = 0;

  constructor(pool: pg.Pool, books: Iterable<BookInCirculation>) {
    this.#pool = pool;
    this.#onShelf = [...books].filter(({ isCurrentlyLent }) => !isCurrentlyLent);
  }

  async store(count: number): Promise<void> {
    const events: StorableEvent[] = [];
    while (events.length < count) {
      const { bookID: BookID } = this.#random.pick(this.#onShelf);
      const ReaderID = uuidOf(`reader ${this.#stored}`);
      const occurredAt = new Date(Date.UTC(2030, 0, 1) + this.#stored);
      for (const eventType of ['BookCopyLentToReader', 'BookCopyReturnedByReader']) {
        events.push(buildStorableEvent({ eventType, occurredAt, payload: { BookID, ReaderID } }));
      }
      this.#stored += 1;
    }
    await importEvents(this.#pool, [events.slice(0, count)]);
  }
}
