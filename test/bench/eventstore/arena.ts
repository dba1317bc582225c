import type pg from 'pg';
import { openPool } from '../../../server/database/pool.ts';
import type { EventStore } from '../../../server/eventstore/event-store.ts';
import { openPostgresEventStore } from '../../../server/eventstore/postgres/open-event-store.ts';
import { type BenchBooks, findBooks } from './books.ts';
import { progress } from './progress.ts';
import { RawStore } from './raw-store.ts';

export const CLIENTS = 16;
const SEED = 1;

/** RAW and the store on the same seeded database, each with a pool of its own, opened as the product opens its pools. */
export interface Arena extends AsyncDisposable {
  readonly events: number;
  readonly raw: RawStore;
  readonly store: EventStore;
  readonly rawPool: pg.Pool;
  readonly storePool: pg.Pool;
  readonly books: BenchBooks;
}

/** @param books found before, when something was appended since */
export async function openArena(url: string, events: number, books?: BenchBooks): Promise<Arena> {
  await using stack = new AsyncDisposableStack();
  const rawPool = stack.adopt(benchPool(url), (pool) => pool.end());
  const storePool = stack.adopt(benchPool(url), (pool) => pool.end());
  const store = stack.adopt(await openPostgresEventStore({ primary: storePool }), (opened) => opened.close());
  const arena = {
    events,
    raw: new RawStore(rawPool),
    store,
    rawPool,
    storePool,
    books: books ?? (await findBooks(rawPool, SEED)),
  };
  const owned = stack.move();
  return { ...arena, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export function benchPool(url: string): pg.Pool {
  return openPool({ connectionString: url, applicationName: 'benchmark', max: CLIENTS, log: progress });
}
