import type { BookID, LibraryEvent, ReaderID } from '../library/events.ts';
import type { IndexedLibraryWorld } from './indexed-library-world.ts';
import { ORDINARY, type WorldBook, type WorldReader } from './library-world.ts';

/**
 * Lets an event happen in the world. Failure events change nothing. Events that no lawful history has leave the world in
 * order: the last one about a book counts, and what cannot be is passed over. Events do not tell of habits: all readers
 * are ordinary ones.
 */
export function applyLibraryEvent(world: IndexedLibraryWorld, event: LibraryEvent): void {
  switch (event.type) {
    case 'BookCopyAddedToCirculation':
      add(world, event.payload.BookID);
      break;
    case 'BookCopyRemovedFromCirculation':
      remove(world, event.payload.BookID);
      break;
    case 'BookCopyLentToReader':
      lend(world, event.payload);
      break;
    case 'BookCopyReturnedByReader':
      giveBack(world, world.book(event.payload.BookID));
      break;
    case 'ReaderRegistered':
      register(world, event.payload.ReaderID);
      break;
    case 'ReaderContractCanceled':
      cancel(world, event.payload.ReaderID);
      break;
  }
}

function add(world: IndexedLibraryWorld, id: BookID): void {
  const book = world.book(id);
  if (book === undefined) world.addNewBook(id);
  else if (!world.isInCirculation(book)) world.addAgain(book);
}

function remove(world: IndexedLibraryWorld, id: BookID): void {
  const book = world.book(id);
  if (book === undefined || !world.isInCirculation(book)) return;
  giveBack(world, book);
  world.remove(book);
}

interface Loan {
  readonly BookID: BookID;
  readonly ReaderID: ReaderID;
}

function lend(world: IndexedLibraryWorld, { BookID, ReaderID }: Loan): void {
  const book = world.book(BookID);
  if (book === undefined || !world.isInCirculation(book)) return;
  giveBack(world, book);
  world.lend(book, world.reader(ReaderID) ?? stranger(ReaderID));
}

/** Somebody who is no reader: has books all the same, and is never drawn. */
function stranger(id: ReaderID): WorldReader {
  return { id, habits: ORDINARY, loans: [], place: 0 };
}

function giveBack(world: IndexedLibraryWorld, book: WorldBook | undefined): void {
  if (book?.borrower !== undefined) world.giveBack(book, book.borrower);
}

function register(world: IndexedLibraryWorld, id: ReaderID): void {
  if (world.reader(id) === undefined) world.register(id, ORDINARY);
}

function cancel(world: IndexedLibraryWorld, id: ReaderID): void {
  const reader = world.reader(id);
  if (reader !== undefined) world.cancelContract(reader);
}
