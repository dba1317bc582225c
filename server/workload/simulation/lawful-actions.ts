import { createRandom } from '../../lib/random.ts';
import { bookDetails, personName } from '../book-catalogue.ts';
import { freshBookID, freshReaderID } from '../library-life.ts';
import type { WorldBook, WorldReader } from '../library-world.ts';
import { type Draft, holdBook, holdReader } from './draft-action.ts';
import { habitsOf } from './personas.ts';
import type { Scene } from './scene.ts';

/** @param book on the shelf */
export function lend({ world }: Scene, book: WorldBook, reader: WorldReader): Draft {
  return {
    action: { handler: 'LendBookCopyToReader', bookID: book.id, readerID: reader.id },
    expects: 'accepted',
    holds: [holdBook(world.shelved, book)],
    apply: () => world.lend(book, reader),
  };
}

/** @param book among the reader's loans */
export function giveBack({ world, returned }: Scene, book: WorldBook, reader: WorldReader): Draft {
  return {
    action: { handler: 'ReturnBookCopyFromReader', bookID: book.id, readerID: reader.id },
    expects: 'accepted',
    holds: [holdBook(world.lent, book)],
    apply: () => {
      world.giveBack(book, reader);
      returned.add({ book, reader });
    },
  };
}

/** A book that the library never had. */
export function acquire({ world, random }: Scene): Draft {
  const bookID = freshBookID(random);
  return {
    action: { handler: 'AddBookCopyToCirculation', bookID, details: bookDetails(random) },
    expects: 'accepted',
    holds: [],
    apply: () => void world.addNewBook(bookID),
  };
}

/** @param book that was removed and comes back with the details that it had */
export function bringBack({ world, seed }: Scene, book: WorldBook): Draft {
  const details = bookDetails(createRandom(seed, 1 + book.number));
  return {
    action: { handler: 'AddBookCopyToCirculation', bookID: book.id, details },
    expects: 'accepted',
    holds: [holdBook(world.removed, book)],
    apply: () => world.addAgain(book),
  };
}

/** @param book on the shelf */
export function remove({ world }: Scene, book: WorldBook): Draft {
  return {
    action: { handler: 'RemoveBookCopyFromCirculation', bookID: book.id },
    expects: 'accepted',
    holds: [holdBook(world.shelved, book)],
    apply: () => world.remove(book),
  };
}

/** Somebody becomes a reader. */
export function register({ world, random }: Scene): Draft {
  const readerID = freshReaderID(random);
  return {
    action: { handler: 'RegisterReader', readerID, name: personName(random) },
    expects: 'accepted',
    holds: [],
    apply: () => void world.register(readerID, habitsOf(readerID)),
  };
}

/** @param reader among the readers, without loans */
export function cancelContract({ world, left }: Scene, reader: WorldReader): Draft {
  return {
    action: { handler: 'CancelReaderContract', readerID: reader.id },
    expects: 'accepted',
    holds: [holdReader(world.readers, reader)],
    apply: () => {
      world.cancelContract(reader);
      left.add(reader.id);
    },
  };
}
