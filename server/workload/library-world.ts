import type { BookID, ReaderID } from '../library/events.ts';
import { Pool, type Pooled } from './pool.ts';

export interface WorldBook extends Pooled {
  readonly id: BookID;
  /** Tells which details the book has. */
  readonly number: number;
  borrower: WorldReader | undefined;
  wasEverLent: boolean;
}

export interface ReadingHabits {
  /** Books borrowed in one visit, at most; at least one. */
  readonly borrows: number;
  /** How likely a visit brings back each loan. */
  readonly returnsEachLoan: number;
}

/** Most readers: two books at home after a visit. */
export const ORDINARY: ReadingHabits = { borrows: 2, returnsEachLoan: 0.75 };

export interface WorldReader extends Pooled {
  readonly id: ReaderID;
  readonly habits: ReadingHabits;
  readonly loans: WorldBook[];
}

// Removed books may come back. Remembering more of them would make memory grow with the number of events.
const REMEMBERED_REMOVED_BOOKS = 5_000;

/** What stands where in a library: enough to tell which events could lawfully happen next. */
export class LibraryWorld {
  readonly shelved = new Pool<WorldBook>();
  readonly lent = new Pool<WorldBook>();
  readonly removed = new Pool<WorldBook>();
  readonly readers = new Pool<WorldReader>();
  #booksEver = 0;

  get booksInCirculation(): number {
    return this.shelved.size + this.lent.size;
  }

  addNewBook(id: BookID): WorldBook {
    const number = this.#booksEver;
    this.#booksEver += 1;
    const book = { id, number, borrower: undefined, wasEverLent: false, place: 0 };
    this.shelved.add(book);
    return book;
  }

  addAgain(book: WorldBook): void {
    this.removed.remove(book);
    this.shelved.add(book);
  }

  /** @param book on the shelf */
  remove(book: WorldBook): void {
    this.shelved.remove(book);
    if (this.removed.size < REMEMBERED_REMOVED_BOOKS) this.removed.add(book);
  }

  /** @param book on the shelf */
  lend(book: WorldBook, reader: WorldReader): void {
    this.shelved.remove(book);
    this.lent.add(book);
    book.borrower = reader;
    book.wasEverLent = true;
    reader.loans.push(book);
  }

  /** @param book among the reader's loans */
  giveBack(book: WorldBook, reader: WorldReader): void {
    this.lent.remove(book);
    this.shelved.add(book);
    book.borrower = undefined;
    reader.loans.splice(reader.loans.indexOf(book), 1);
  }

  register(id: ReaderID, habits: ReadingHabits): WorldReader {
    const reader = { id, habits, loans: [], place: 0 };
    this.readers.add(reader);
    return reader;
  }

  /** @param reader without loans */
  cancelContract(reader: WorldReader): void {
    this.readers.remove(reader);
  }
}
