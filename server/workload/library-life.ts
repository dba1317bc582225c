import type { Random } from '../lib/random.ts';
import { createRandom } from '../lib/random.ts';
import type { BookID, ReaderID } from '../library/events.ts';
import { MAX_BOOKS_PER_READER } from '../library/rejections.ts';
import { bookDetails, personName } from './book-catalogue.ts';
import type { Chronicle } from './chronicle.ts';
import {
  type LibraryWorld,
  ORDINARY,
  type ReadingHabits,
  type WorldBook,
  type WorldReader,
} from './library-world.ts';
import { randomUuid } from './uuid.ts';

/** Where life in a library takes place. */
export interface LibraryScene {
  readonly world: LibraryWorld;
  readonly chronicle: Chronicle;
  readonly random: Random;
  readonly seed: number;
  /** How large the library grows; from then on it only changes. */
  readonly population: Population;
}

export interface Population {
  readonly books: number;
  readonly readers: number;
}

// Growing fast until the population is reached, then slowly shrinking until it is below again.
const GROWTH_CHANCE = 0.95;
const REPLACEMENT_CHANCE = 0.45;
const COMES_BACK_CHANCE = 0.3;

// The few avid ones live at the limit.
const AVID: ReadingHabits = { borrows: 5, returnsEachLoan: 0.25 };
const AVID_CHANCE = 0.04;

/** A registered reader brings books back and borrows others. */
export function visit(scene: LibraryScene): void {
  const { world, chronicle, random } = scene;
  const reader = world.readers.draw(random);
  if (reader === undefined) return;
  const { borrows, returnsEachLoan } = reader.habits;
  returnLoans(scene, reader, returnsEachLoan);
  for (let wanted = 1 + random.below(borrows); wanted > 0; wanted -= 1) {
    const book = world.shelved.draw(random);
    if (book === undefined || reader.loans.length >= MAX_BOOKS_PER_READER) return;
    world.lend(book, reader);
    chronicle.happened('BookCopyLentToReader', { BookID: book.id, ReaderID: reader.id });
  }
}

/** A librarian buys a book, brings a removed one back, or removes one. */
export function changeStock(scene: LibraryScene): void {
  const { world, random, population } = scene;
  const book = world.shelved.draw(random);
  const grows = world.booksInCirculation < population.books;
  if (book === undefined || random.chance(grows ? GROWTH_CHANCE : REPLACEMENT_CHANCE)) addBook(scene);
  else removeBook(scene, book);
}

/** Somebody becomes a reader, or a reader brings everything back and leaves. */
export function changeMembership(scene: LibraryScene): void {
  const { world, random, population } = scene;
  const reader = world.readers.draw(random);
  const grows = world.readers.size < population.readers;
  if (reader === undefined || random.chance(grows ? GROWTH_CHANCE : REPLACEMENT_CHANCE)) register(scene);
  else leave(scene, reader);
}

export function freshBookID(random: Random): BookID {
  return randomUuid(random) as BookID;
}

export function freshReaderID(random: Random): ReaderID {
  return randomUuid(random) as ReaderID;
}

function addBook({ world, chronicle, random, seed }: LibraryScene): void {
  const book = bookThatComesBack(world, random) ?? world.addNewBook(freshBookID(random));
  // Derived from the book's number, so that a book which comes back has the details that it had, without storing them.
  const details = bookDetails(createRandom(seed, 1 + book.number));
  chronicle.happened('BookCopyAddedToCirculation', { BookID: book.id, ...details });
}

function removeBook({ world, chronicle }: LibraryScene, book: WorldBook): void {
  world.remove(book);
  chronicle.happened('BookCopyRemovedFromCirculation', { BookID: book.id });
}

function bookThatComesBack(world: LibraryWorld, random: Random): WorldBook | undefined {
  if (!random.chance(COMES_BACK_CHANCE)) return undefined;
  const book = world.removed.draw(random);
  if (book !== undefined) world.addAgain(book);
  return book;
}

function register({ world, chronicle, random }: LibraryScene): void {
  const reader = world.register(freshReaderID(random), random.chance(AVID_CHANCE) ? AVID : ORDINARY);
  chronicle.happened('ReaderRegistered', { ReaderID: reader.id, Name: personName(random) });
}

function leave(scene: LibraryScene, reader: WorldReader): void {
  returnLoans(scene, reader, 1);
  scene.world.cancelContract(reader);
  scene.chronicle.happened('ReaderContractCanceled', { ReaderID: reader.id });
}

function returnLoans({ world, chronicle, random }: LibraryScene, reader: WorldReader, chance: number): void {
  for (const book of [...reader.loans]) {
    if (!random.chance(chance)) continue;
    world.giveBack(book, reader);
    chronicle.happened('BookCopyReturnedByReader', { BookID: book.id, ReaderID: reader.id });
  }
}
