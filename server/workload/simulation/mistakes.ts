import type { BookID, ReaderID } from '../../library/events.ts';
import { MAX_BOOKS_PER_READER } from '../../library/rejections.ts';
import { type BusinessError, businessErrors } from '../dirty-world/business-error.ts';
import { freshBookID, freshReaderID } from '../library-life.ts';
import type { WorldBook, WorldReader } from '../library-world.ts';
import type { CommandCategory } from './command-category.ts';
import { type Draft, type Hold, holdBook, holdReader } from './draft-action.ts';
import type { Scene } from './scene.ts';

/** An action that the rules refuse for just this reason; undefined when the library offers no occasion. */
export function mistake(scene: Scene, { command, reason }: BusinessError): Draft | undefined {
  return MISTAKES[command][reason]?.(scene);
}

/** Some mistake of the category for which there is an occasion. */
export function anyMistake(scene: Scene, category: CommandCategory): Draft | undefined {
  const errors = BY_CATEGORY[category];
  const first = scene.random.below(errors.length);
  for (let tried = 0; tried < errors.length; tried += 1) {
    const error = errors[(first + tried) % errors.length];
    const draft = error && mistake(scene, error);
    if (draft !== undefined) return draft;
  }
  return undefined;
}

type Occasion = (scene: Scene) => Draft | undefined;

const MISTAKES: Readonly<Record<BusinessError['command'], Readonly<Record<string, Occasion>>>> = {
  LendBookCopyToReader: {
    'reader not registered': strangerBorrows,
    'book not in circulation': readerWantsMissingBook,
    'book already lent': readerWantsLentBook,
    'reader has 10 books': readerWantsTooMuch,
  },
  ReturnBookCopyFromReader: {
    'book was never added': readerReturnsForeignBook,
    'reader was never registered': strangerReturns,
    'book is not lent to this reader': readerReturnsUntouchedBook,
  },
  RemoveBookCopyFromCirculation: {
    'book was never added': librarianRemovesUnknownBook,
    'book is currently lent': librarianRemovesLentBook,
  },
  CancelReaderContract: { 'reader has outstanding loans': borrowerCancels },
};

const BY_CATEGORY: Readonly<Record<CommandCategory, readonly BusinessError[]>> = {
  lending: businessErrors.filter(({ command }) => /Lend|Return/.test(command)),
  circulation: businessErrors.filter(({ command }) => command === 'RemoveBookCopyFromCirculation'),
  readers: businessErrors.filter(({ command }) => command === 'CancelReaderContract'),
};

// Collectors at the limit are some in a hundred borrowers.
const TRIES = 50;

function strangerBorrows({ world, random }: Scene): Draft | undefined {
  const book = world.shelved.draw(random);
  return book && refusedLending(book.id, freshReaderID(random), [holdBook(world.shelved, book)]);
}

function readerWantsMissingBook({ world, random }: Scene): Draft | undefined {
  const reader = world.readers.draw(random);
  return reader && refusedLending(freshBookID(random), reader.id, [holdReader(world.readers, reader)]);
}

function readerWantsLentBook({ world, random }: Scene): Draft | undefined {
  const book = world.lent.draw(random);
  const reader = world.readers.draw(random);
  // The borrower asking again would not be refused: they have it already.
  if (!book || !reader || book.borrower === reader || isAtLimit(reader)) return undefined;
  return refusedLending(book.id, reader.id, [holdBook(world.lent, book), holdReader(world.readers, reader)]);
}

function readerWantsTooMuch({ world, random }: Scene): Draft | undefined {
  const book = world.shelved.draw(random);
  if (!book) return undefined;
  for (let tried = 0; tried < TRIES; tried += 1) {
    const reader = world.lent.draw(random)?.borrower;
    // In the library or not, but nobody who brings a book back at this moment.
    if (!reader || !isAtLimit(reader) || !world.readers.has(reader)) continue;
    const holds = [holdBook(world.shelved, book), holdReader(world.readers, reader)];
    return refusedLending(book.id, reader.id, holds);
  }
  return undefined;
}

function readerReturnsForeignBook({ world, random }: Scene): Draft | undefined {
  const reader = world.readers.draw(random);
  return reader && refusedReturn(freshBookID(random), reader.id, [holdReader(world.readers, reader)]);
}

function strangerReturns({ world, random }: Scene): Draft | undefined {
  const book = world.shelved.draw(random);
  return book && refusedReturn(book.id, freshReaderID(random), [holdBook(world.shelved, book)]);
}

function readerReturnsUntouchedBook({ world, random }: Scene): Draft | undefined {
  const reader = world.readers.draw(random);
  const book = drawUntouched(world.shelved.draw.bind(world.shelved, random));
  if (!reader || !book) return undefined;
  return refusedReturn(book.id, reader.id, [
    holdBook(world.shelved, book),
    holdReader(world.readers, reader),
  ]);
}

function librarianRemovesUnknownBook({ random }: Scene): Draft {
  return refusedRemoval(freshBookID(random), []);
}

function librarianRemovesLentBook({ world, random }: Scene): Draft | undefined {
  const book = world.lent.draw(random);
  return book && refusedRemoval(book.id, [holdBook(world.lent, book)]);
}

function borrowerCancels({ world, random }: Scene): Draft | undefined {
  const book = world.lent.draw(random);
  const reader = book?.borrower;
  if (!book || !reader || !world.readers.has(reader)) return undefined;
  return {
    action: { handler: 'CancelReaderContract', readerID: reader.id },
    expects: 'rejected',
    holds: [holdBook(world.lent, book), holdReader(world.readers, reader)],
  };
}

/** A book that this reader returned before would be no mistake: returning is idempotent. */
function drawUntouched(draw: () => WorldBook | undefined): WorldBook | undefined {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const book = draw();
    if (book && !book.wasEverLent) return book;
  }
  return undefined;
}

function isAtLimit(reader: WorldReader): boolean {
  return reader.loans.length >= MAX_BOOKS_PER_READER;
}

function refusedLending(bookID: BookID, readerID: ReaderID, holds: readonly Hold[]): Draft {
  return { action: { handler: 'LendBookCopyToReader', bookID, readerID }, expects: 'rejected', holds };
}

function refusedReturn(bookID: BookID, readerID: ReaderID, holds: readonly Hold[]): Draft {
  return { action: { handler: 'ReturnBookCopyFromReader', bookID, readerID }, expects: 'rejected', holds };
}

function refusedRemoval(bookID: BookID, holds: readonly Hold[]): Draft {
  return { action: { handler: 'RemoveBookCopyFromCirculation', bookID }, expects: 'rejected', holds };
}
