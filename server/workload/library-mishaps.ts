import type { BookID, ReaderID } from '../library/events.ts';
import { type LendingRejection, MAX_BOOKS_PER_READER } from '../library/rejections.ts';
import { freshBookID, freshReaderID, type LibraryScene } from './library-life.ts';

/** Somebody asks for what the rules refuse; nothing happens when the library offers no occasion for it. */
export function mishap(scene: LibraryScene): void {
  scene.random.pick(MISHAPS)(scene);
}

const MISHAPS: readonly ((scene: LibraryScene) => void)[] = [
  strangerBorrows,
  readerWantsMissingBook,
  readerWantsLentBook,
  readerWantsTooMuch,
  readerReturnsUntouchedBook,
  strangerReturns,
  librarianRemovesLentBook,
  librarianRemovesUnknownBook,
  borrowerCancels,
];

function strangerBorrows(scene: LibraryScene): void {
  const book = scene.world.shelved.draw(scene.random);
  if (book) refuseLending(scene, book.id, freshReaderID(scene.random), 'reader not registered');
}

function readerWantsMissingBook(scene: LibraryScene): void {
  const { world, random } = scene;
  const reader = world.readers.draw(random);
  const bookID = world.removed.draw(random)?.id ?? freshBookID(random);
  if (reader) refuseLending(scene, bookID, reader.id, 'book not in circulation');
}

function readerWantsLentBook(scene: LibraryScene): void {
  const book = scene.world.lent.draw(scene.random);
  const reader = scene.world.readers.draw(scene.random);
  // The borrower asking again would not be refused: they have it already.
  if (book && reader && book.borrower !== reader) {
    refuseLending(scene, book.id, reader.id, 'book already lent');
  }
}

function readerWantsTooMuch(scene: LibraryScene): void {
  const book = scene.world.shelved.draw(scene.random);
  const reader = scene.world.lent.draw(scene.random)?.borrower;
  if (book && reader && reader.loans.length >= MAX_BOOKS_PER_READER) {
    refuseLending(scene, book.id, reader.id, 'reader has 10 books');
  }
}

function refuseLending(
  { chronicle }: LibraryScene,
  ...[BookID, ReaderID, Reason]: [BookID, ReaderID, LendingRejection]
): void {
  chronicle.happened('LendingBookToReaderFailed', { BookID, ReaderID, Reason });
}

function readerReturnsUntouchedBook({ world, chronicle, random }: LibraryScene): void {
  const book = world.shelved.draw(random);
  const reader = world.readers.draw(random);
  // A book that this reader returned before would be no mistake: returning is idempotent.
  if (!book || !reader || book.wasEverLent) return;
  const Reason = 'book is not lent to this reader';
  chronicle.happened('ReturningBookFromReaderFailed', { BookID: book.id, ReaderID: reader.id, Reason });
}

function strangerReturns({ world, chronicle, random }: LibraryScene): void {
  const book = world.shelved.draw(random);
  if (!book) return;
  const [ReaderID, Reason] = [freshReaderID(random), 'reader was never registered'] as const;
  chronicle.happened('ReturningBookFromReaderFailed', { BookID: book.id, ReaderID, Reason });
}

function librarianRemovesLentBook({ world, chronicle, random }: LibraryScene): void {
  const book = world.lent.draw(random);
  if (!book) return;
  const Reason = 'book is currently lent';
  chronicle.happened('RemovingBookFromCirculationFailed', { BookID: book.id, Reason });
}

function librarianRemovesUnknownBook({ chronicle, random }: LibraryScene): void {
  const [BookID, Reason] = [freshBookID(random), 'book was never added'] as const;
  chronicle.happened('RemovingBookFromCirculationFailed', { BookID, Reason });
}

function borrowerCancels({ world, chronicle, random }: LibraryScene): void {
  const reader = world.lent.draw(random)?.borrower;
  if (!reader) return;
  const Reason = 'reader has outstanding loans';
  chronicle.happened('CancelingReaderContractFailed', { ReaderID: reader.id, Reason });
}
