import { randomUUID } from 'node:crypto';
import { emptyPosition } from '../../../server/eventstore/event-store.ts';
import type { Arena } from './arena.ts';
import type { TimesFigure } from './figure.ts';
import { foreignTransaction } from './foreign-transaction.ts';
import { type Contest, interleave } from './interleave.ts';
import {
  type Lending,
  lendByRaw,
  lendByStore,
  lendingEvents,
  lendingOf,
  type PreparedAppend,
  prepareAppend,
  someLending,
} from './lending.ts';

type Duel<Input> = Contest<Input, 'raw' | 'store'>;

/** One operation after another: what one client waits for. */
export async function* singleOperations(arena: Arena, rounds: number): AsyncGenerator<TimesFigure> {
  yield await times('query all events of one book', 1.15, interleave(queryOfBook(arena), { rounds }));
  yield await times('append one event, boundary = its book', 1.35, interleave(append(arena, 1), { rounds }));
  yield await times('append five events', 1.35, interleave(append(arena, 5), { rounds }));
  const first = interleave(firstAppend(arena), { rounds });
  yield await times('append the first event of a new book, empty position', undefined, first);
  const late = interleave(lateAppend(arena), { rounds: Math.ceil(rounds / 2) });
  yield await times('append one event, ten events of others since its query', undefined, late);
  yield await times('query → decide → append', 1.25, interleave(cycle(arena), { rounds }));
  await using _foreign = await foreignTransaction(arena.rawPool);
  const beside = 'beside an open transaction';
  yield await times(`query ${beside}`, undefined, interleave(queryOfBook(arena), { rounds }));
  yield await times(`append ${beside}`, undefined, interleave(append(arena, 1), { rounds }));
}

export function queryOfBook({ raw, store, books }: Arena): Duel<Lending> {
  return {
    prepare: () => someLending(books.queried),
    ways: {
      raw: ({ book }) => raw.query(book),
      store: ({ filter }) => store.query(filter),
    },
  };
}

export function append(arena: Arena, count: number): Duel<PreparedAppend> {
  const { store, books } = arena;
  return {
    prepare: () => prepareAppend(someLending(books.changed), store, count),
    ways: appendWays(arena),
  };
}

/** The check has something to look at: in the appends above nothing was stored since the query. */
function lateAppend(arena: Arena): Duel<PreparedAppend> {
  const { raw, store, books } = arena;
  return {
    prepare: async () => {
      const prepared = await prepareAppend(someLending(books.changed), store, 1);
      for (let half = 0; half < 2; half++) await raw.insert(lendingEvents(otherThan(prepared, arena), 5));
      return prepared;
    },
    ways: appendWays(arena),
  };
}

function otherThan(lending: Lending, { books }: Arena): Lending {
  let other = lending;
  while (other.book === lending.book) other = someLending(books.changed);
  return other;
}

function firstAppend(arena: Arena): Duel<PreparedAppend> {
  const { store, books } = arena;
  return {
    prepare: async () => {
      const prepared = await prepareAppend(lendingOf(randomUUID(), books.changed.reader()), store, 1);
      return { ...prepared, position: emptyPosition };
    },
    ways: appendWays(arena),
  };
}

function appendWays({ raw, store }: Arena): Duel<PreparedAppend>['ways'] {
  return {
    raw: ({ events }) => raw.insert(events),
    store: ({ filter, position, events }) => store.append(filter, position, events),
  };
}

function cycle({ raw, store, books }: Arena): Duel<Lending> {
  return {
    prepare: () => someLending(books.changed),
    ways: { raw: (lending) => lendByRaw(raw, lending), store: (lending) => lendByStore(store, lending) },
  };
}

async function times(
  work: string,
  aim: number | undefined,
  measured: Promise<Pick<TimesFigure, 'raw' | 'store'>>,
): Promise<TimesFigure> {
  const { raw, store } = await measured;
  return { kind: 'times', work, raw, store, ...(aim !== undefined && { aim }) };
}
