import { randomUUID } from 'node:crypto';
import type { EventFilter } from '../../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../../server/eventstore/event-filter-builder.ts';
import { p } from '../../../server/eventstore/predicate.ts';
import { type Arena, CLIENTS } from './arena.ts';
import type { BenchBooks } from './books.ts';
import type { TimesFigure } from './figure.ts';
import { foreignTransaction } from './foreign-transaction.ts';
import { interleave } from './interleave.ts';
import { lendingEvents, someLending } from './lending.ts';
import { progress } from './progress.ts';
import { append, queryOfBook } from './single-operations.ts';

const APPENDS_AFTER_ANALYZE = 100;
/** Operations until most of what they touch is in PostgreSQL's cache again. */
const COLD_ROUNDS = 300;

/** `work` says when, too. */
export interface StabilityFigure extends TimesFigure {
  readonly operation: string;
}

/** What the section needs of whoever holds the database: the arena is another one after a restart. */
export interface Stage {
  readonly rounds: number;
  /** How many the store makes before it is measured again. */
  readonly appends: number;
  readonly open: (books?: BenchBooks) => Promise<Arena>;
  /** Stops PostgreSQL and starts it again; no arena is open meanwhile. */
  readonly restart: () => Promise<void>;
}

/** The same query and the same append again and again while statistics, index and cache change under them. */
export async function* planStability({
  rounds,
  appends,
  open,
  restart,
}: Stage): AsyncGenerator<StabilityFigure> {
  let books: BenchBooks;
  {
    await using arena = await open();
    ({ books } = arena);
    yield* measure(arena, { rounds, when: 'at first' });
    await appendAtRandom(arena, appends);
    yield* measure(arena, { rounds, when: `after ${appends.toLocaleString('en')} appends` });
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

async function* measure(arena: Arena, { when, ...counts }: Measure): AsyncGenerator<StabilityFigure> {
  const figure = (operation: string, measured: Pick<TimesFigure, 'raw' | 'store'>): StabilityFigure => {
    return { kind: 'times', work: `${operation} ${when}`, operation, ...measured };
  };
  yield figure('query', await interleave(queryOfBook(arena), counts));
  yield figure('append', await interleave(append(arena, 1), counts));
  // Its check takes another way: to the transactions that were under way when the position was made.
  await using _foreign = await foreignTransaction(arena.rawPool);
  yield figure('append beside an open transaction', await interleave(append(arena, 1), counts));
}

/** For each later measurement of an operation: its figures against those at first. */
export function driftOf(figures: readonly StabilityFigure[]): readonly string[] {
  const firsts = new Map<string, StabilityFigure>();
  return figures.flatMap((figure) => {
    const first = firsts.get(figure.operation);
    if (!first) firsts.set(figure.operation, figure);
    return first ? [drift(first, figure)] : [];
  });
}

function drift(first: StabilityFigure, { work, store, raw }: StabilityFigure): string {
  const times = (after: number, before: number) => `× ${(after / before).toFixed(2)}`;
  const ofStore = `store p50 ${times(store.p50, first.store.p50)}, p99 ${times(store.p99, first.store.p99)}`;
  return `${work}: ${ofStore}; RAW p50 ${times(raw.p50, first.raw.p50)}, p99 ${times(raw.p99, first.raw.p99)}`;
}

/**
 * By the store, from several clients, on whatever book. The boundary is one that no event lies in, so that each append goes
 * on from the position of the one before: one round trip, thousands in a second.
 */
async function appendAtRandom({ store, books }: Arena, count: number): Promise<void> {
  let left = count;
  const client = async () => {
    let { position } = await store.query(apart());
    while (left > 0) {
      left -= 1;
      if (left % 20_000 === 0) progress(`${left} random appends to go`);
      ({ position } = await store.append(apart(), position, lendingEvents(someLending(books.changed), 1)));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

function apart(): EventFilter {
  return buildEventFilter().matching().anyPredicateOf(p('Apart', randomUUID())).finalize();
}
