import type { ReadOnlyEventStore } from '../eventstore/event-store.ts';
import type { Clock } from '../lib/clock.ts';
import { createRandom, type Random } from '../lib/random.ts';
import type { AddBookCopyToCirculation } from '../library/add-book-copy-to-circulation/command.ts';
import type { BooksLentByReaderQuery } from '../library/books-lent-by-reader/query.ts';
import type { CancelReaderContract } from '../library/cancel-reader-contract/command.ts';
import type { BookID, ReaderID } from '../library/events.ts';
import type { LendBookCopyToReader } from '../library/lend-book-copy-to-reader/command.ts';
import type { RegisterReader } from '../library/register-reader/command.ts';
import { MAX_BOOKS_PER_READER } from '../library/rejections.ts';
import type { RemoveBookCopyFromCirculation } from '../library/remove-book-copy-from-circulation/command.ts';
import type { ReturnBookCopyFromReader } from '../library/return-book-copy-from-reader/command.ts';
import { bookDetails, personName } from './book-catalogue.ts';
import type { Stamp } from './example-input-schemas.ts';
import type { IndexedLibraryWorld } from './indexed-library-world.ts';
import type { WorldBook } from './library-world.ts';
import { NoInputError } from './no-input-error.ts';
import { type ReadLibraryWorldOptions, readLibraryWorld } from './read-library-world.ts';
import { uuidOf } from './uuid.ts';

export interface ExampleInputsOptions {
  /** What the library holds is read from here, once, when it is first needed. */
  readonly store: ReadOnlyEventStore;
  /** Dates the events that commands bring about. */
  readonly clock: Clock;
  /** The same seed gives the same inputs, of the same library. */
  readonly seed: number;
  /** Part of the ids of what is new, so that every run really adds it. */
  readonly runId: string;
}

/**
 * Inputs for the handlers of the library example: lawful ones, of what the event store holds. What was given to one
 * execution is done as far as later ones are concerned, so none gets the same book or reader to no purpose.
 */
export class ExampleInputs {
  readonly #options: ExampleInputsOptions;
  #world: Promise<IndexedLibraryWorld> | undefined;

  constructor(options: ExampleInputsOptions) {
    this.#options = options;
  }

  /** What the library holds: read once, and again only when that failed. */
  world(options: ReadLibraryWorldOptions = {}): Promise<IndexedLibraryWorld> {
    this.#world ??= readLibraryWorld(this.#options.store, options).then(
      ({ world }) => world,
      (error: unknown) => {
        this.#world = undefined;
        throw error;
      },
    );
    return this.#world;
  }

  stamp(iteration: number): Stamp {
    const name = `${this.#options.runId}/${iteration}`;
    const commandID = uuidOf(`${name}/command`);
    return {
      occurredAt: this.#options.clock.now(),
      metadata: { MessageID: uuidOf(`${name}/event`), CausationID: commandID, CorrelationID: commandID },
    };
  }

  newBook(iteration: number): AddBookCopyToCirculation {
    const bookID = uuidOf(`${this.#options.runId}/${iteration}/book`) as BookID;
    return { bookID, details: bookDetails(this.#random(iteration)), ...this.stamp(iteration) };
  }

  newReader(iteration: number): RegisterReader {
    const name = personName(this.#random(iteration));
    return { readerID: this.#unknownReader(iteration), name, ...this.stamp(iteration) };
  }

  /** A reader with loans if there is one. */
  anyReader(world: IndexedLibraryWorld, iteration: number): BooksLentByReaderQuery {
    const random = this.#random(iteration);
    const reader = world.lent.draw(random)?.borrower ?? world.readers.draw(random);
    return { readerID: reader?.id ?? this.#unknownReader(iteration) };
  }

  bookToRemove(world: IndexedLibraryWorld, iteration: number): RemoveBookCopyFromCirculation {
    const book = world.shelved.draw(this.#random(iteration));
    if (!book) throw new NoInputError('RemoveBookCopyFromCirculation', 'no book is on the shelf');
    world.remove(book);
    return { bookID: book.id, ...this.stamp(iteration) };
  }

  readerToLeave(world: IndexedLibraryWorld, iteration: number): CancelReaderContract {
    const reader = world.readers.drawWhere(this.#random(iteration), ({ loans }) => loans.length === 0);
    if (!reader) throw new NoInputError('CancelReaderContract', 'no registered reader is without loans');
    world.cancelContract(reader);
    return { readerID: reader.id, ...this.stamp(iteration) };
  }

  bookToLend(world: IndexedLibraryWorld, iteration: number): LendBookCopyToReader {
    const random = this.#random(iteration);
    const book = world.shelved.draw(random);
    if (!book) throw new NoInputError('LendBookCopyToReader', 'no book is on the shelf');
    const reader = world.readers.drawWhere(random, ({ loans }) => loans.length < MAX_BOOKS_PER_READER);
    if (!reader) {
      const lack = `no registered reader has fewer than ${MAX_BOOKS_PER_READER} books`;
      throw new NoInputError('LendBookCopyToReader', lack);
    }
    world.lend(book, reader);
    return { bookID: book.id, readerID: reader.id, ...this.stamp(iteration) };
  }

  bookToReturn(world: IndexedLibraryWorld, iteration: number): ReturnBookCopyFromReader {
    const hasReader = ({ borrower }: WorldBook) =>
      borrower !== undefined && world.reader(borrower.id) === borrower;
    const book = world.lent.drawWhere(this.#random(iteration), hasReader);
    const reader = book?.borrower;
    if (!book || !reader) throw new NoInputError('ReturnBookCopyFromReader', 'no reader has a book');
    world.giveBack(book, reader);
    return { bookID: book.id, readerID: reader.id, ...this.stamp(iteration) };
  }

  #unknownReader(iteration: number): ReaderID {
    return uuidOf(`${this.#options.runId}/${iteration}/reader`) as ReaderID;
  }

  #random(iteration: number): Random {
    return createRandom(this.#options.seed, iteration);
  }
}
