import type pg from 'pg';
import type { EventFilter } from '../../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../../server/eventstore/event-filter-builder.ts';
import { p } from '../../../server/eventstore/predicate.ts';
import { createRandom, type Random } from '../../../server/lib/random.ts';

/** What happens to a book; sorted, as a filter holds them. */
export const bookEventTypes = [
  'BookCopyAddedToCirculation',
  'BookCopyLentToReader',
  'BookCopyRemovedFromCirculation',
  'BookCopyReturnedByReader',
] as const;

/** So many events has every book that is queried, in a store of any size: the work stays the same. */
const EVENTS_PER_QUERIED_BOOK = 10;

/** Others than those, so that what is appended does not make a query dearer. */
const EVENTS_PER_CHANGED_BOOK = 8;

const READERS = 1_000;

/** The books and readers that the operations are about. */
export interface BenchBooks {
  readonly queried: Subjects;
  /** The books that events are appended to. */
  readonly changed: Subjects;
}

/** In a store to which nothing was appended yet. */
export async function findBooks(pool: pg.Pool, seed: number): Promise<BenchBooks> {
  const readers = await readersIn(pool);
  const drawn = async (events: number) =>
    new Subjects(await booksWith(pool, events), readers, createRandom(seed, events));
  return { queried: await drawn(EVENTS_PER_QUERIED_BOOK), changed: await drawn(EVENTS_PER_CHANGED_BOOK) };
}

/** Books and readers, drawn by a seed. */
export class Subjects {
  readonly books: readonly string[];
  readonly readers: readonly string[];
  readonly #random: Random;

  constructor(books: readonly string[], readers: readonly string[], random: Random) {
    if (books.length === 0 || readers.length === 0) throw new Error('there are no books or readers to draw');
    this.books = books;
    this.readers = readers;
    this.#random = random;
  }

  book(): string {
    return this.#random.pick(this.books);
  }

  reader(): string {
    return this.#random.pick(this.readers);
  }

  /** The same readers and only so many books, drawn at random. */
  fewer(books: number): Subjects {
    const left = [...this.books];
    const drawn: string[] = [];
    while (drawn.length < books && left.length > 0)
      drawn.push(...left.splice(this.#random.below(left.length), 1));
    return new Subjects(drawn, this.readers, this.#random);
  }
}

/** All events of one book: the boundary of every decision about it. */
export function filterOfBook(bookID: string): EventFilter {
  return buildEventFilter()
    .matching()
    .anyEventTypeOf(...bookEventTypes)
    .andAllPredicatesOf(p('BookID', bookID))
    .finalize();
}

async function booksWith(pool: pg.Pool, events: number): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT payload ->> 'BookID' AS id FROM events WHERE event_type = ANY ($1)
      GROUP BY id HAVING count(*) = $2 ORDER BY id`,
    [bookEventTypes, events],
  );
  return rows.map(({ id }) => id);
}

async function readersIn(pool: pg.Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT payload ->> 'ReaderID' AS id FROM events WHERE event_type = 'ReaderRegistered'
      ORDER BY sequence_number LIMIT $1`,
    [READERS],
  );
  return rows.map(({ id }) => id);
}
