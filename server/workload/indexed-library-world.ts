import type { BookID, ReaderID } from '../library/events.ts';
import { LibraryWorld, type ReadingHabits, type WorldBook, type WorldReader } from './library-world.ts';

/** A world whose books and readers are found by their ids; generating histories without that is a tenth faster. */
export class IndexedLibraryWorld extends LibraryWorld {
  readonly #books = new Map<BookID, WorldBook>();
  readonly #readers = new Map<ReaderID, WorldReader>();

  /** A book in circulation, or a removed one that is remembered. */
  book(id: BookID): WorldBook | undefined {
    return this.#books.get(id);
  }

  /** @param book one that was found here */
  isInCirculation(book: WorldBook): boolean {
    return !this.removed.has(book);
  }

  /** A registered reader. */
  reader(id: ReaderID): WorldReader | undefined {
    return this.#readers.get(id);
  }

  override addNewBook(id: BookID): WorldBook {
    const book = super.addNewBook(id);
    this.#books.set(id, book);
    return book;
  }

  override remove(book: WorldBook): void {
    super.remove(book);
    if (!this.removed.has(book)) this.#books.delete(book.id);
  }

  override register(id: ReaderID, habits: ReadingHabits): WorldReader {
    const reader = super.register(id, habits);
    this.#readers.set(id, reader);
    return reader;
  }

  override cancelContract(reader: WorldReader): void {
    super.cancelContract(reader);
    this.#readers.delete(reader.id);
  }
}
