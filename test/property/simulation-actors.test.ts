import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from '../../server/lib/random.ts';
import { businessErrors } from '../../server/workload/dirty-world/business-error.ts';
import { freshReaderID } from '../../server/workload/library-life.ts';
import type {
  ActionOutcome,
  ChosenAction,
  LibraryAction,
} from '../../server/workload/simulation/library-action.ts';
import { type ActorOptions, LibraryActors } from '../../server/workload/simulation/library-actors.ts';
import { personaOf } from '../../server/workload/simulation/personas.ts';
import { libraryOf } from '../unit/support/lawful-library.ts';

const options: ActorOptions = {
  seed: 1,
  activeReaders: 30,
  contentionPercent: 0,
  queryPercent: 10,
  rhythm: 'daily',
  lendingPercent: 70,
  circulationPercent: 25,
  readersPercent: 5,
};

const DAY = 60e6;

interface Done {
  readonly action: LibraryAction;
  readonly outcome: ActionOutcome;
}

interface Life extends Partial<ActorOptions> {
  /** How many act at the same time; they end in any order. */
  readonly workers?: number;
  readonly actions?: number;
  readonly books?: number;
  readonly readers?: number;
  /** Instead of what the library says, now and then. */
  readonly disturb?: (random: () => number) => ActionOutcome | undefined;
}

/** What people do in a library that answers as its rules say. */
function live({ workers = 8, actions = 3_000, books = 400, readers = 100, disturb, ...given }: Life = {}) {
  const { library, world } = libraryOf(books, readers);
  const seed = given.seed ?? 1;
  const actors = new LibraryActors(
    { ...options, ...given },
    { world, random: createRandom(seed, 5), dayMicros: DAY },
  );
  const order = createRandom(seed, 6);
  const underWay: (() => void)[] = [];
  const done: Done[] = [];
  const end = () => underWay.splice(order.below(underWay.length), 1)[0]?.();
  for (let count = 0; count < actions; count += 1) {
    const chosen: ChosenAction = actors.next((count / actions) * DAY);
    underWay.push(() => {
      // What is disturbed is not done: a fault.
      const outcome = disturb?.(() => order.fraction()) ?? library.perform(chosen.action);
      chosen.settle(outcome);
      done.push({ action: chosen.action, outcome });
    });
    if (underWay.length >= workers) end();
  }
  while (underWay.length > 0) end();
  return { done, actors, world };
}

function sharesOf(done: readonly Done[]): Readonly<Record<string, number>> {
  const commands = done.filter(({ outcome }) => outcome !== 'answered');
  const share = (wanted: ActionOutcome) =>
    commands.filter(({ outcome }) => outcome === wanted).length / commands.length;
  return { accepted: share('accepted'), idempotent: share('idempotent'), rejected: share('rejected') };
}

test('The same seed gives the same actions when the outcomes are the same', () => {
  const actions = (seed: number) => live({ seed, actions: 500 }).done.map(({ action }) => action);
  assert.deepEqual(actions(4), actions(4));
  assert.notDeepEqual(actions(4), actions(5));
});

test('80 to 90 % of the commands append what they are meant to and fewer than 10 % come to nothing, for every seed and number of workers', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 32 }), (seed, workers) => {
      const { accepted = 0, idempotent = 1 } = sharesOf(live({ seed, workers }).done);
      assert.ok(accepted >= 0.8 && accepted <= 0.9, `accepted: ${accepted}`);
      assert.ok(idempotent < 0.1, `idempotent: ${idempotent}`);
    }),
    { numRuns: 25 },
  );
});

test('Commands are mixed as the options say', () => {
  const { done } = live({ actions: 10_000, lendingPercent: 40, circulationPercent: 50, readersPercent: 10 });
  const commands = done.filter(({ outcome }) => outcome !== 'answered');
  const share = (names: RegExp) =>
    commands.filter(({ action }) => names.test(action.handler)).length / commands.length;
  assert.ok(Math.abs(share(/Lend|Return/) - 0.4) < 0.03);
  assert.ok(Math.abs(share(/Circulation/) - 0.5) < 0.03);
  assert.ok(Math.abs(share(/Register|Cancel/) - 0.1) < 0.02);
  assert.ok(Math.abs(1 - commands.length / done.length - 0.1) < 0.02);
});

test('Two who act at the same time are never about the same book or reader, unless many want the same', () => {
  const { world } = libraryOf(60, 40);
  const actors = new LibraryActors(options, { world, random: createRandom(2), dayMicros: DAY });
  const inUse = new Set<string>();
  for (let count = 0; count < 30; count += 1) {
    const { action } = actors.next(0);
    if (!('bookID' in action)) continue;
    assert.ok(!inUse.has(action.bookID), `${action.handler} of a book in use`);
    inUse.add(action.bookID);
  }
});

test('With contention many want the same few books, and they meet', () => {
  const { done } = live({ contentionPercent: 80, queryPercent: 0, actions: 4_000 });
  const counts = new Map<string, number>();
  for (const { action } of done) {
    if (!('readerID' in action) || !('bookID' in action)) continue;
    counts.set(action.bookID, (counts.get(action.bookID) ?? 0) + 1);
  }
  const top = [...counts.values()].toSorted((a, b) => b - a).slice(0, 5);
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  assert.ok(top.reduce((sum, count) => sum + count, 0) / all > 0.6);
  // Those who come second find the book lent.
  assert.ok((sharesOf(done)['rejected'] ?? 0) > 0.08, JSON.stringify(sharesOf(done)));
});

test('Readers with too many books at home to want a bestseller stay in the library', () => {
  const { world } = libraryOf(400, 40);
  const random = createRandom(1);
  for (let loan = 0; loan < 40 * 6; loan += 1) {
    const book = world.shelved.draw(random);
    const reader = world.readers.drawWhere(random, ({ loans }) => loans.length < 6);
    if (book !== undefined && reader !== undefined) world.lend(book, reader);
  }
  const actors = new LibraryActors(
    {
      ...options,
      contentionPercent: 100,
      queryPercent: 0,
      lendingPercent: 100,
      circulationPercent: 0,
      readersPercent: 0,
    },
    { world, random, dayMicros: DAY },
  );
  for (let count = 0; count < 20; count += 1) actors.next(0).settle('cancelled');
  assert.deepEqual(actors.population, { books: 400, readers: 40 });
});

test('What failed or was cancelled is as it was before: the world stays true', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), (seed) => {
      const disturb = (random: () => number) => {
        const drawn = random();
        return drawn < 0.1 ? 'failed' : drawn < 0.2 ? 'cancelled' : undefined;
      };
      const { done } = live({ seed, disturb });
      const undisturbed = done.filter(({ outcome }) => outcome !== 'failed' && outcome !== 'cancelled');
      const { accepted = 0 } = sharesOf(undisturbed);
      assert.ok(accepted >= 0.8 && accepted <= 0.91, String(accepted));
    }),
    { numRuns: 10 },
  );
});

test('What nobody knows the outcome of is not acted upon any more', () => {
  const forgotten = new Set<string>();
  const { library, world } = libraryOf(300, 80);
  const actors = new LibraryActors(options, { world, random: createRandom(3), dayMicros: DAY });
  for (let count = 0; count < 2_000; count += 1) {
    const { action, settle } = actors.next(0);
    if ('bookID' in action) assert.ok(!forgotten.has(action.bookID), `${action.handler} ${count}`);
    const isUnknown = count % 20 === 0 && action.handler === 'LendBookCopyToReader';
    if (isUnknown && 'bookID' in action) forgotten.add(action.bookID);
    settle(isUnknown ? 'unknown' : library.perform(action));
  }
  assert.ok(forgotten.size > 20);
});

test('What goes wrong on purpose is refused for just that reason', () => {
  const { library, world } = libraryOf(400, 100);
  const seen = new Set<string>();
  let turn = 0;
  const troublemaker = {
    businessError: (isPossible: (error: (typeof businessErrors)[number]) => boolean) => {
      turn += 1;
      const error = businessErrors[turn % businessErrors.length];
      if (turn % 3 !== 0 || error === undefined || !isPossible(error)) return undefined;
      seen.add(error.reason);
      return error;
    },
  };
  const actors = new LibraryActors(
    { ...options, queryPercent: 0 },
    { world, random: createRandom(3), dayMicros: DAY, troublemaker },
  );
  const outcomes: ActionOutcome[] = [];
  for (let count = 0; count < 6_000; count += 1) {
    const { action, settle } = actors.next(0);
    const outcome = library.perform(action);
    settle(outcome);
    outcomes.push(outcome);
  }
  const rejected = outcomes.filter((outcome) => outcome === 'rejected').length / outcomes.length;
  assert.ok(rejected > 0.3, String(rejected));
  assert.equal(seen.size, new Set(businessErrors.map(({ reason }) => reason)).size, [...seen].join());
});

test('A library without books and readers gets some before anybody comes', () => {
  const { library, world } = libraryOf(0, 0);
  const actors = new LibraryActors(options, { world, random: createRandom(1), dayMicros: DAY });
  assert.equal(actors.missing(30, 20), 50);
  for (let chosen = actors.grow(30, 20); chosen !== undefined; chosen = actors.grow(30, 20)) {
    chosen.settle(library.perform(chosen.action));
  }
  assert.deepEqual([actors.population, actors.missing(30, 20)], [{ books: 30, readers: 20 }, 0]);
});

test('Nobody is lost: the world knows as many readers as are registered, wherever they are', () => {
  const { done, actors } = live({ readers: 200, readersPercent: 30, circulationPercent: 0 });
  const count = (handler: string) =>
    done.filter(({ action, outcome }) => action.handler === handler && outcome === 'accepted').length;
  const registered = 200 + count('RegisterReader') - count('CancelReaderContract');
  assert.equal(actors.population.readers, registered);
  assert.ok(count('CancelReaderContract') > 0);
});

for (const [from, books, readers] of [
  ['below', 59_700, 13_800],
  ['within', 62_000, 14_500],
  ['above', 65_300, 15_200],
] as const) {
  test(`The staff keeps 60,000 to 65,000 books and 14,000 to 15,000 readers, coming from ${from}`, () => {
    const { actors } = live({
      books,
      readers,
      actions: 3_000,
      circulationPercent: 50,
      readersPercent: 50,
      lendingPercent: 0,
    });
    const { population } = actors;
    const near = (count: number, least: number, most: number) =>
      assert.ok(count >= least - 30 && count <= most + 30, JSON.stringify(population));
    near(population.books, 60_000, 65_000);
    near(population.readers, 14_000, 15_000);
  });
}

test('A library grows to the size of a city library when it is asked to', () => {
  const { library, world } = libraryOf(0, 0);
  const actors = new LibraryActors(options, { world, random: createRandom(1), dayMicros: DAY });
  for (let chosen = actors.grow(62_000, 14_500); chosen; chosen = actors.grow(62_000, 14_500)) {
    chosen.settle(library.perform(chosen.action));
  }
  assert.deepEqual(actors.population, { books: 62_000, readers: 14_500 });
});

test('A reader is of the same kind every time, and the kinds are as frequent as they should be', () => {
  const random = createRandom(1);
  const counts = new Map<string, number>();
  for (let reader = 0; reader < 20_000; reader += 1) {
    const id = freshReaderID(random);
    assert.equal(personaOf(id), personaOf(id));
    const { name } = personaOf(id);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  for (const [name, percent] of [
    ['casual', 50],
    ['regular', 28],
    ['family', 10],
    ['student', 8],
    ['collector', 4],
  ] as const) {
    assert.ok(Math.abs((counts.get(name) ?? 0) / 200 - percent) < 1.5, `${name}: ${counts.get(name)}`);
  }
});
