import type { Arena } from './arena.ts';
import { cpuShares } from './cpu-profile.ts';
import { type CpuTime, cpuTimes } from './cpu-time.ts';
import type { ShareFigure } from './figure.ts';
import { type PreparedAppend, prepareAppend, someLending } from './lending.ts';

/** Which files do what, whatever their functions are called. */
const files = {
  sqlBuilding:
    /eventstore\/postgres\/(select-statement|filter-conditions|json-path|template-cache|prepared-names|append-boundary)/,
  lockKeys: /eventstore\/postgres\/(append-locks|lock-key)/,
  jsonValidation: /eventstore\/(json-object-text|.*validat)/,
};

export interface CpuReport {
  readonly figures: readonly ShareFigure[];
  readonly times: Readonly<Record<string, CpuTime>>;
}

/** Where the client's CPU time goes, and how much each side spends. */
export async function clientCpu(arena: Arena, rounds: number): Promise<CpuReport> {
  const { store, raw } = arena;
  const { queried } = arena.books;
  const query = () => store.query(someLending(queried).filter);
  const reading = await cpuShares(() => repeat(rounds * 2, query), files);
  const parses = await jsonParsesDuring(() => repeat(100, query));
  const appending = appendingOneAfterAnother(arena);
  const writing = await cpuShares(() => repeat(rounds, appending.byStore), files);
  const times = await cpuTimes(
    {
      'RAW query': { pool: arena.rawPool, operation: () => raw.query(queried.book()) },
      'store query': { pool: arena.storePool, operation: query },
    },
    rounds,
  );
  const share = (work: string, value: number, aim?: number): ShareFigure => ({
    kind: 'share',
    work,
    share: value,
    ...(aim !== undefined && { aim }),
  });
  return {
    times: { ...times, ...(await appendTimes(arena, rounds)) },
    figures: [
      share('SQL building, of the client CPU of a query', reading.sqlBuilding, 0.02),
      share('SQL building, of the client CPU of an append', writing.sqlBuilding, 0.02),
      share('lock keys, of the client CPU of an append', writing.lockKeys),
      // A parse that no profile catches still counts.
      share('JSON validation, of the client CPU of a query', Math.max(reading.jsonValidation, parses), 0),
    ],
  };
}

async function appendTimes(arena: Arena, rounds: number): Promise<Readonly<Record<string, CpuTime>>> {
  // Each on books of its own: an insert of RAW would be a conflict for the store.
  const { byRaw } = appendingOneAfterAnother(arena);
  const { byStore } = appendingOneAfterAnother(arena);
  return cpuTimes(
    {
      'RAW append': { pool: arena.rawPool, operation: byRaw },
      'store append': { pool: arena.storePool, operation: byStore },
    },
    rounds,
  );
}

const APPENDS_PER_BOOK = 50;

/**
 * Each append of the store goes on from the position that the last one gave, so that no query is needed before it. Every
 * fifty appends the book changes, which costs RAW and the store the same query.
 */
function appendingOneAfterAnother(arena: Arena) {
  const { raw, store, books } = arena;
  let current: PreparedAppend | undefined;
  let left = 0;
  const next = async () => {
    if (!current || left === 0) {
      current = await prepareAppend(someLending(books.changed), store, 1);
      left = APPENDS_PER_BOOK;
    }
    left -= 1;
    return current;
  };
  return {
    byRaw: async () => raw.insert((await next()).events),
    byStore: async () => {
      const append = await next();
      const { position } = await store.append(append.filter, append.position, append.events);
      current = { ...append, position };
    },
  };
}

async function repeat(count: number, operation: () => Promise<unknown>): Promise<void> {
  for (let done = 0; done < count; done++) await operation();
}

/** How often JSON text is parsed meanwhile. */
async function jsonParsesDuring(work: () => Promise<void>): Promise<number> {
  const { parse } = JSON;
  let calls = 0;
  JSON.parse = (...args: Parameters<typeof parse>) => {
    calls += 1;
    return parse(...args);
  };
  try {
    await work();
  } finally {
    JSON.parse = parse;
  }
  return calls;
}
