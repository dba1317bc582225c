import type { Arena } from './arena.ts';
import type { ShareFigure, TimesFigure } from './figure.ts';
import { type Contest, interleave } from './interleave.ts';
import { type Lending, someLending } from './lending.ts';

/** The smallest store has so few books with the right number of events; beyond, caches would be compared. */
const BOOKS = 80;

/**
 * The same query in stores of different sizes, in turn: first of so many books in each that all lie in the cache, then
 * of any book, where a larger store has more to keep in it. `flatness` is the dearest median over the cheapest, minus 1.
 */
export async function* storeSizes(
  arenas: readonly Arena[],
  rounds: number,
): AsyncGenerator<TimesFigure | ShareFigure> {
  yield* compare(arenas, { rounds, books: BOOKS, what: `${BOOKS} books each`, aim: 0.2 });
  yield* compare(arenas, { rounds, books: Number.POSITIVE_INFINITY, what: 'any book' });
}

interface Comparison {
  readonly rounds: number;
  readonly books: number;
  readonly what: string;
  readonly aim?: number;
}

async function* compare(arenas: readonly Arena[], { rounds, books, what, aim }: Comparison) {
  const measured = await interleave(contest(arenas, books), { rounds });
  const medians: number[] = [];
  for (const { events } of arenas) {
    const [raw, store] = [measured[`raw ${events}`], measured[`store ${events}`]];
    if (!raw || !store) continue;
    medians.push(store.p50);
    const work = `query of one book at ${events.toLocaleString('en')} events, ${what}`;
    yield { kind: 'times', work, raw, store } as const;
  }
  const share = Math.max(...medians) / Math.min(...medians) - 1;
  const work = `the dearest of these queries above the cheapest, ${what}`;
  yield { kind: 'share', work, share, ...(aim !== undefined && { aim }) } as const;
}

/** Each way draws from its own store. */
function contest(arenas: readonly Arena[], books: number): Contest<readonly Lending[], string> {
  const ways: Record<string, (drawn: readonly Lending[]) => Promise<unknown>> = {};
  for (const [place, { events, raw, store }] of arenas.entries()) {
    ways[`raw ${events}`] = (drawn) => raw.query(at(drawn, place).book);
    ways[`store ${events}`] = (drawn) => store.query(at(drawn, place).filter);
  }
  const choices = arenas.map(({ books: { queried } }) =>
    books < queried.books.length ? queried.fewer(books) : queried,
  );
  return { prepare: () => choices.map(someLending), ways };
}

function at(drawn: readonly Lending[], place: number): Lending {
  const lending = drawn[place];
  if (!lending) throw new RangeError(`nothing was drawn for store ${place}`);
  return lending;
}
