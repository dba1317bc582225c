import { personName } from '../book-catalogue.ts';
import type { CommandCategory } from './command-category.ts';
import { type Draft, holdBook, holdReader } from './draft-action.ts';
import { bringBack, lend } from './lawful-actions.ts';
import type { Scene } from './scene.ts';

type Repeat = (scene: Scene) => Draft | undefined;

/**
 * What was done already and is done once more: a button pressed twice, a book scanned twice. Nothing comes of it.
 * Undefined when the library offers no occasion.
 */
export function repeat(scene: Scene, category: CommandCategory): Draft | undefined {
  const repeats = REPEATS[category];
  const first = scene.random.below(repeats.length);
  for (let tried = 0; tried < repeats.length; tried += 1) {
    const draft = repeats[(first + tried) % repeats.length]?.(scene);
    if (draft !== undefined) return draft;
  }
  return undefined;
}

const REPEATS: Readonly<Record<CommandCategory, readonly Repeat[]>> = {
  lending: [lendAgain, returnAgain],
  circulation: [addAgain, removeAgain],
  readers: [registerAgain, cancelAgain],
};

function lendAgain(scene: Scene): Draft | undefined {
  const { world, random } = scene;
  const book = world.lent.draw(random);
  if (book?.borrower === undefined) return undefined;
  return idempotent(lend(scene, book, book.borrower), [holdBook(world.lent, book)]);
}

function returnAgain({ world, random, returned }: Scene): Draft | undefined {
  const last = returned.draw(random);
  // Lent, removed, or under somebody else's hands since.
  if (last === undefined || !world.shelved.has(last.book)) return undefined;
  const { book, reader } = last;
  return {
    action: { handler: 'ReturnBookCopyFromReader', bookID: book.id, readerID: reader.id },
    expects: 'idempotent',
    holds: [holdBook(world.shelved, book)],
  };
}

function addAgain(scene: Scene): Draft | undefined {
  const { world, random } = scene;
  const book = world.shelved.draw(random);
  return book && idempotent(bringBack(scene, book), [holdBook(world.shelved, book)]);
}

function removeAgain({ world, random }: Scene): Draft | undefined {
  const book = world.removed.draw(random);
  return (
    book && {
      action: { handler: 'RemoveBookCopyFromCirculation', bookID: book.id },
      expects: 'idempotent',
      holds: [holdBook(world.removed, book)],
    }
  );
}

function registerAgain({ world, random }: Scene): Draft | undefined {
  const reader = world.readers.draw(random);
  return (
    reader && {
      action: { handler: 'RegisterReader', readerID: reader.id, name: personName(random) },
      expects: 'idempotent',
      holds: [holdReader(world.readers, reader)],
    }
  );
}

function cancelAgain({ random, left }: Scene): Draft | undefined {
  const readerID = left.draw(random);
  return (
    readerID && { action: { handler: 'CancelReaderContract', readerID }, expects: 'idempotent', holds: [] }
  );
}

function idempotent({ action }: Draft, holds: Draft['holds']): Draft {
  return { action, expects: 'idempotent', holds };
}
