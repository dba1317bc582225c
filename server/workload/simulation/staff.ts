import type { Draft } from './draft-action.ts';
import { acquire, bringBack, cancelContract, register, remove } from './lawful-actions.ts';
import type { Scene } from './scene.ts';
import type { Visits } from './visits.ts';

/** The size that a library keeps: below it grows, within it changes, above it shrinks. */
interface PopulationBand {
  readonly least: number;
  readonly most: number;
}

/** A city library. */
const BOOKS_BAND: PopulationBand = { least: 60_000, most: 65_000 };
const READERS_BAND: PopulationBand = { least: 14_000, most: 15_000 };

const GROWTH_CHANCE = 0.95;
const REPLACEMENT_CHANCE = 0.5;
const SHRINKING_CHANCE = 0.05;
const COMES_BACK_CHANCE = 0.3;

/** A librarian buys a book, brings a removed one back, or removes one from the shelf. */
export function changeStock(scene: Scene): Draft {
  const { world, random } = scene;
  if (!random.chance(additionChance(world.booksInCirculation, BOOKS_BAND))) {
    const book = world.shelved.draw(random);
    if (book !== undefined) return remove(scene, book);
  }
  const returning = random.chance(COMES_BACK_CHANCE) ? world.removed.draw(random) : undefined;
  return returning === undefined ? acquire(scene) : bringBack(scene, returning);
}

/** Somebody becomes a reader, or one who has brought everything back leaves. */
export function changeMembership(scene: Scene, visits: Visits): Draft {
  const { world, random } = scene;
  if (random.chance(additionChance(world.readers.size + visits.awayFromHome, READERS_BAND))) {
    return register(scene);
  }
  // The next one who wants to leave must bring the books back first.
  visits.beginFarewell();
  const reader = visits.takeFarewell();
  return reader === undefined ? register(scene) : cancelContract(scene, reader);
}

/** How likely the next change adds something. */
function additionChance(count: number, { least, most }: PopulationBand): number {
  if (count < least) return GROWTH_CHANCE;
  return count > most ? SHRINKING_CHANCE : REPLACEMENT_CHANCE;
}
