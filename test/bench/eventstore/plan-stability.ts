import type { Arena } from './arena.ts';
import { CLIENTS } from './arena.ts';
import type { BenchBooks } from './books.ts';
import type { TimesFigure } from './figure.ts';
import { interleave } from './interleave.ts';
import { prepareAppend, someLending } from './lending.ts';
import { progress } from './progress.ts';
import { append, queryOfBook } from './single-operations.ts';

const RANDOM_APPENDS = 20_000;
const APPENDS_AFTER_ANALYZE = 100;
/** Operations until most of what they touch is in PostgreSQL's cache again. */
const COLD_ROUNDS = 300;

/** What the section needs of whoever holds the database: the arena is another one after a restart. */
export interface Stage {
  readonly rounds: number;
  readonly open: (books?: BenchBooks) => Promise<Arena>;
  /** Stops PostgreSQL and starts it again; no arena is open meanwhile. */
  readonly restart: () => Promise<void>;
}

/** The same query and the same append again and again while statistics, index and cache change under them. */
export async function* planStability({ rounds, open, restart }: Stage): AsyncGenerator<TimesFigure> {
  let books: BenchBooks;
  {
    await using arena = await open();
    ({ books } = arena);
    yield* measure(arena, { rounds, when: 'at first' });
    await appendAtRandom(arena, RANDOM_APPENDS);
    yield* measure(arena, { rounds, when: `after ${RANDOM_APPENDS.toLocaleString('en')} appends` });
    progress('ANALYZE');
    await arena.rawPool.query('ANALYZE events');
    await appendAtRandom(arena, APPENDS_AFTER_ANALYZE);
    yield* measure(arena, { rounds, when: `after ANALYZE and ${APPENDS_AFTER_ANALYZE} appends` });
  }
  await restart();
  await using arena = await open(books);
  yield* measure(arena, { rounds: COLD_ROUNDS, warmUp: 0, when: 'after a restart, cold' });
  yield* measure(arena, { rounds, when: 'after a restart, warm' });
}

interface Measure {
  readonly rounds: number;
  readonly warmUp?: number;
  readonly when: string;
}

async function* measure(arena: Arena, { when, ...counts }: Measure): AsyncGenerator<TimesFigure> {
  yield { kind: 'times', work: `query ${when}`, ...(await interleave(queryOfBook(arena), counts)) };
  yield { kind: 'times', work: `append ${when}`, ...(await interleave(append(arena, 1), counts)) };
}

/** For each later measurement of a work: its store's figures against those at first. */
export function driftOf(figures: readonly TimesFigure[]): readonly string[] {
  return ['query', 'append'].flatMap((work) => {
    const [first, ...later] = figures.filter((figure) => figure.work.startsWith(work));
    if (!first) return [];
    return later.map(({ work: name, store, raw }) => {
      const [p50, p99] = [store.p50 / first.store.p50, store.p99 / first.store.p99];
      const rawP50 = raw.p50 / first.raw.p50;
      return `${name}: store p50 × ${p50.toFixed(2)}, p99 × ${p99.toFixed(2)}; RAW p50 × ${rawP50.toFixed(2)}`;
    });
  });
}

/** By the store, from several clients, on whatever book. */
async function appendAtRandom({ store, books }: Arena, count: number): Promise<void> {
  let left = count;
  const client = async () => {
    while (left > 0) {
      left -= 1;
      if (left % 5_000 === 0) progress(`${left} random appends to go`);
      const { filter, position, events } = await prepareAppend(someLending(books.changed), store, 1);
      // Two clients may meet on a book: then one of the two appends is refused, as it should be.
      await store.append(filter, position, events).catch(ignoreConflict);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

function ignoreConflict(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'concurrency_conflict')) throw error;
}
