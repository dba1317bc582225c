import { buildEventFilter } from '../../../server/eventstore/event-filter-builder.ts';
import { createRandom } from '../../../server/lib/random.ts';
import type { Arena } from './arena.ts';
import { bookEventTypes } from './books.ts';
import type { RateFigure } from './figure.ts';
import { shuffle } from './interleave.ts';
import { percentilesOf } from './percentiles.ts';
import { progress } from './progress.ts';
import { type Fold, narrowReplays, wholeReplays } from './raw-replays.ts';

const ROUNDS = 5;
const STORE = 'the store';

/** Events per second of every way that was tried. */
export type ReplayRates = Readonly<Record<string, number>>;

/** All events of the books, folded into a map of which are lent: the store and ways by hand in turn. */
export async function replays(arena: Arena): Promise<{ figures: RateFigure[]; rates: ReplayRates }> {
  const ways = Object.entries({ ...wholeReplays, ...narrowReplays }).map(([name, way]) => ({
    name,
    replay: (fold: Fold) => way(arena.rawPool, fold),
    rates: [] as number[],
  }));
  ways.push({ name: STORE, replay: (fold) => byStore(arena, fold), rates: [] });
  const random = createRandom(1);
  for (let round = -1; round < ROUNDS; round++) {
    progress(`replaying, round ${round + 1} of ${ROUNDS}`);
    shuffle(ways, random.below);
    for (const { replay, rates } of ways) {
      const rate = await eventsPerSecond(replay);
      if (round >= 0) rates.push(rate);
    }
  }
  const rates = Object.fromEntries(ways.map(({ name, rates }) => [name, percentilesOf(rates).p50]));
  return { rates, figures: figuresOf(rates) };
}

function figuresOf(rates: ReplayRates): RateFigure[] {
  const figure = (raws: readonly string[], what: string): RateFigure => {
    const fastest = raws.toSorted((a, b) => (rates[b] ?? 0) - (rates[a] ?? 0))[0] ?? '';
    const work = `replay into a map; ${what}: ${fastest}`;
    return { kind: 'rate', work, unit: 'events/s', raw: rates[fastest] ?? 0, store: rates[STORE] ?? 0 };
  };
  return [
    { ...figure(Object.keys(wholeReplays), 'RAW'), aim: 0.8 },
    figure(Object.keys(narrowReplays), 'RAW reads less'),
  ];
}

async function byStore({ store }: Arena, fold: Fold): Promise<void> {
  const filter = buildEventFilter()
    .matching()
    .anyEventTypeOf(...bookEventTypes)
    .finalize();
  for await (const batch of store.replay(filter)) {
    for (const event of batch) fold(event);
  }
}

async function eventsPerSecond(replay: (fold: Fold) => Promise<void>): Promise<number> {
  const lent = new Map<string, boolean>();
  let events = 0;
  const startedAt = performance.now();
  await replay(({ eventType, payload }) => {
    const { BookID } = JSON.parse(payload) as { BookID: string };
    if (eventType === 'BookCopyRemovedFromCirculation') lent.delete(BookID);
    else lent.set(BookID, eventType === 'BookCopyLentToReader');
    events += 1;
  });
  if (events === 0) throw new Error('a replay gave no events');
  return (events * 1_000) / (performance.now() - startedAt);
}
