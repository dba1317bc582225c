import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createRandom, type Random } from '../../../server/lib/random.ts';
import { findBooks, type Subjects } from '../eventstore/books.ts';
import { type CpuTime, cpuTimes } from '../eventstore/cpu-time.ts';
import { interleave } from '../eventstore/interleave.ts';
import type { Percentiles } from '../eventstore/percentiles.ts';
import { progress } from '../eventstore/progress.ts';
import { type BookKey, LAYOUTS } from './layout.ts';
import { type LayoutEvent, LayoutTable, type LoadTimes } from './layout-table.ts';

const SEED = 1;
/** So many books that all layouts' rows lie in the cache together. */
const BOOKS = 200;
/** Fewer than those after which autovacuum would clean up behind them, in a store of 100,000 events and more. */
const MORE_INSERTS = 10_000;
/** Without an index a range of time reads the whole table: so many times fewer rounds. */
const SLOW = 20;
const RANGE_MILLISECONDS = 6 * 3_600_000;

/** What one layout costs; times in milliseconds, sizes in megabytes. */
export interface LayoutResult {
  readonly name: string;
  readonly load: LoadTimes;
  readonly size: { readonly table: number; readonly indexes: number };
  readonly query: Percentiles;
  readonly insert: Percentiles;
  /** The query again after `MORE_INSERTS`: what a pending list does shows here. */
  readonly queryAfterInserts: Percentiles;
  readonly queryCpu: CpuTime;
  readonly insertCpu: CpuTime;
  /** Events of six hours. */
  readonly timeRange?: Percentiles;
}

interface Drawn {
  readonly book: BookKey;
  readonly event: LayoutEvent;
  readonly from: Date;
}

/** Loads every layout from the store's table and does the same operations on each, one after the other in random order. */
export async function compareLayouts(pool: pg.Pool, rounds: number): Promise<readonly LayoutResult[]> {
  await pool.query('CREATE EXTENSION IF NOT EXISTS btree_gin');
  const tables = LAYOUTS.map((layout) => new LayoutTable(pool, layout));
  const loads = new Map<string, LoadTimes>();
  for (const table of tables) {
    progress(`loading ${table.layout.name}`);
    loads.set(table.layout.name, await table.load());
  }
  const sizes = new Map<string, LayoutResult['size']>();
  for (const table of tables) sizes.set(table.layout.name, await table.sizes());
  const prepare = await drawing(pool);
  const among = <T>(
    chosen: readonly LayoutTable[],
    work: (table: LayoutTable, drawn: Drawn) => Promise<T>,
    times = rounds,
  ) => {
    const ways = byName(chosen, (table) => (drawn: Drawn) => work(table, drawn));
    return interleave({ prepare, ways }, { rounds: times });
  };
  progress('querying');
  const query = await among(tables, (table, { book }) => table.ofBook(book));
  progress('inserting');
  const insert = await among(tables, (table, { event }) => table.insert(event));
  progress('querying again, after more inserts');
  await insertMany(pool, tables, prepare);
  const queryAfterInserts = await among(tables, (table, { book }) => table.ofBook(book));
  const byTime = tables.filter(({ layout }) => layout.byTime);
  progress('asking for times');
  const timeRange = await among(
    byTime,
    (table, { from }) => table.between(from, new Date(from.getTime() + RANGE_MILLISECONDS)),
    Math.ceil(rounds / SLOW),
  );
  progress('measuring CPU time');
  const cpu = <T>(work: (table: LayoutTable, drawn: Drawn) => Promise<T>) =>
    cpuTimes(
      byName(tables, (table) => ({ pool, operation: async () => work(table, await prepare()) })),
      rounds,
    );
  const queryCpu = await cpu((table, { book }) => table.ofBook(book));
  const insertCpu = await cpu((table, { event }) => table.insert(event));
  return LAYOUTS.map(({ name }) => ({
    name,
    load: found(loads.get(name)),
    size: found(sizes.get(name)),
    query: found(query[name]),
    insert: found(insert[name]),
    queryAfterInserts: found(queryAfterInserts[name]),
    queryCpu: found(queryCpu[name]),
    insertCpu: found(insertCpu[name]),
    ...(timeRange[name] && { timeRange: timeRange[name] }),
  }));
}

/** Nobody measures these, so nobody waits for the disk. */
async function insertMany(
  pool: pg.Pool,
  tables: readonly LayoutTable[],
  prepare: () => Drawn,
): Promise<void> {
  await pool.query('SET synchronous_commit = off');
  for (const table of tables) {
    for (let done = 0; done < MORE_INSERTS; done++) await table.insert(prepare().event);
  }
  await pool.query('RESET synchronous_commit');
}

function byName<T>(tables: readonly LayoutTable[], make: (table: LayoutTable) => T): Record<string, T> {
  return Object.fromEntries(tables.map((table) => [table.layout.name, make(table)]));
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a layout was not measured');
  return value;
}

/** Draws a book to ask for, an event to insert and a time; hashes are made beforehand, as a client would make them. */
async function drawing(pool: pg.Pool): Promise<() => Drawn> {
  const { queried, changed } = await findBooks(pool, SEED);
  const asked = queried.fewer(BOOKS);
  const written = changed.fewer(BOOKS);
  const hashes = await hashesOf(pool, [
    ...[...asked.books, ...written.books].map(bookTerm),
    ...written.readers.map(readerTerm),
  ]);
  const random = createRandom(SEED);
  const { rows } = await pool.query<{ first: Date; last: Date }>(
    'SELECT min(occurred_at) AS first, max(occurred_at) AS last FROM events',
  );
  const { first, last } = found(rows[0]);
  return () => ({
    book: bookKey(asked.book(), hashes),
    event: lendingEvent(written, hashes),
    from: someTime(random, { first, last }),
  });
}

const bookTerm = (id: string) => `BookID=${id}`;
const readerTerm = (id: string) => `ReaderID=${id}`;

type Hashes = ReadonlyMap<string, string>;

async function hashesOf(pool: pg.Pool, terms: readonly string[]): Promise<Hashes> {
  const { rows } = await pool.query<{ term: string; hash: string }>(
    'SELECT term, hashtextextended(term, 0)::text AS hash FROM unnest($1::text[]) AS term',
    [terms],
  );
  return new Map(rows.map(({ term, hash }) => [term, hash]));
}

function bookKey(id: string, hashes: Hashes): BookKey {
  const term = bookTerm(id);
  return { id, term, hash: hashes.get(term) ?? '', contained: JSON.stringify({ BookID: id }) };
}

function lendingEvent(subjects: Subjects, hashes: Hashes): LayoutEvent {
  const [BookID, ReaderID] = [subjects.book(), subjects.reader()];
  const text = [bookTerm(BookID), readerTerm(ReaderID)];
  return {
    eventType: 'BookCopyLentToReader',
    occurredAt: new Date(),
    payload: JSON.stringify({ BookID, ReaderID }),
    metadata: JSON.stringify({
      MessageID: randomUUID(),
      CausationID: randomUUID(),
      CorrelationID: randomUUID(),
    }),
    terms: { text, hash: text.map((term) => hashes.get(term) ?? '') },
  };
}

function someTime(random: Random, { first, last }: { first: Date; last: Date }): Date {
  return new Date(first.getTime() + random.fraction() * (last.getTime() - first.getTime()));
}
