import type { StorableEvent } from '../eventstore/storable-event.ts';
import { createRandom } from '../lib/random.ts';
import { Chronicle } from './chronicle.ts';
import { changeMembership, changeStock, type LibraryScene, type Population, visit } from './library-life.ts';
import { mishap } from './library-mishaps.ts';
import { LibraryWorld } from './library-world.ts';
import { OpeningHours } from './opening-hours.ts';

export interface LibraryHistoryOptions {
  /** How many events there are in the end, exactly. */
  readonly events: number;
  readonly seed: number;
  /** Nothing happens earlier. */
  readonly startAt: Date;
  /** Events per batch; the last one may hold fewer. */
  readonly batchSize?: number;
}

const DEFAULT_BATCH_SIZE = 5_000;

/**
 * Lawful histories of one library, event by event in the order of time, in batches. Books are added and removed and come
 * back, readers come and go, borrow and return, and sometimes somebody is refused. The same options give the same events;
 * memory depends on the size of the library, not on the number of events.
 */
export function* libraryHistories(options: LibraryHistoryOptions): Generator<readonly StorableEvent[]> {
  const { events, seed, startAt, batchSize = DEFAULT_BATCH_SIZE } = options;
  const random = createRandom(seed);
  const chronicle = new Chronicle(new OpeningHours(startAt, random), random);
  const scene = { world: new LibraryWorld(), chronicle, random, seed, population: populationFor(events) };
  for (let left = events; left > 0; left -= batchSize) {
    const count = Math.min(batchSize, left);
    while (chronicle.length < count) step(scene);
    yield chronicle.take(count);
  }
}

// A city library at 600,000 events and more; below, a smaller one of the same proportions, so that it is lived in.
function populationFor(events: number): Population {
  return {
    books: Math.min(60_000, Math.ceil(events / 10)),
    readers: Math.min(15_000, Math.ceil(events / 40)),
  };
}

// Of 100 events, 70 lend or return, 25 change the stock and 5 the readers. A visit brings about three events.
const EVENTS_PER_VISIT = 3;
const VISITS = 70 / EVENTS_PER_VISIT;
const STOCK_CHANGES = 25;
const MEMBERSHIP_CHANGES = 5;
const STEPS = VISITS + STOCK_CHANGES + MEMBERSHIP_CHANGES;
const MISHAP_CHANCE = 0.02;

function step(scene: LibraryScene): void {
  scene.chronicle.beginConversation();
  const choice = scene.random.fraction() * STEPS;
  if (scene.random.chance(MISHAP_CHANCE)) mishap(scene);
  else if (choice < VISITS) visit(scene);
  else if (choice < VISITS + STOCK_CHANGES) changeStock(scene);
  else changeMembership(scene);
}
