import { type Arena, CLIENTS } from './arena.ts';
import type { Subjects } from './books.ts';
import type { RateFigure } from './figure.ts';
import { type Lending, lendByRaw, lendByStore, lendingOf } from './lending.ts';

const SLICES = 8;
const SLICE_MILLISECONDS = 1_500;

type Operation = (lending: Lending) => Promise<unknown>;

/** Sixteen clients, each on books of its own, as fast as they can: slices of RAW and of the store in turn. */
export async function* concurrentClients({ raw, store, books }: Arena): AsyncGenerator<RateFigure> {
  const queries = await alternate(books.queried, [
    ({ book }) => raw.query(book),
    ({ filter }) => store.query(filter),
  ]);
  yield { kind: 'rate', work: `${CLIENTS} clients on different books: query`, unit: 'ops/s', ...queries };
  const cycles = await alternate(books.changed, [
    (lending) => lendByRaw(raw, lending),
    (lending) => lendByStore(store, lending),
  ]);
  const work = `${CLIENTS} clients on different books: query → decide → append`;
  yield { kind: 'rate', work, unit: 'ops/s', aim: 0.85, ...cycles };
}

async function alternate(
  { books, readers: [reader = ''] }: Subjects,
  [byRaw, byStore]: readonly [Operation, Operation],
): Promise<{ raw: number; store: number }> {
  const shelves = shelvesOf(books);
  const sum = { raw: 0, store: 0 };
  for (let slice = -1; slice < SLICES; slice++) {
    // Which of the two comes first changes from slice to slice.
    const order = slice % 2 === 0 ? (['raw', 'store'] as const) : (['store', 'raw'] as const);
    for (const way of order) {
      const rate = await operationsPerSecond(shelves, reader, way === 'raw' ? byRaw : byStore);
      if (slice >= 0) sum[way] += rate / SLICES;
    }
  }
  return sum;
}

async function operationsPerSecond(
  shelves: readonly (readonly string[])[],
  reader: string,
  operation: Operation,
): Promise<number> {
  const startedAt = performance.now();
  let done = 0;
  const client = async (books: readonly string[]) => {
    for (let turn = 0; performance.now() - startedAt < SLICE_MILLISECONDS; turn++) {
      await operation(lendingOf(books[turn % books.length] ?? '', reader));
      done += 1;
    }
  };
  await Promise.all(shelves.map(client));
  return (done * 1_000) / (performance.now() - startedAt);
}

/** No book stands on two shelves. */
function shelvesOf(books: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: CLIENTS }, (_, shelf) => books.filter((_, index) => index % CLIENTS === shelf));
}
