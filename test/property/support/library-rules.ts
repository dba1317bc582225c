import type { LibraryEvent } from '../../../server/library/events.ts';

/**
 * The rules of the library, written down once more and independently: replays events one by one and says of each
 * which rule it breaks. A failure event is lawful only when the request was to be refused, and for that very reason.
 */
export class LibraryRules {
  readonly #everAdded = new Set<string>();
  readonly #inCirculation = new Set<string>();
  readonly #everRegistered = new Set<string>();
  readonly #registered = new Set<string>();
  readonly #borrowerOf = new Map<string, string>();
  /** Pairs of book and reader whose last business was a return. */
  readonly #gaveBack = new Set<string>();

  /** The broken rule, or nothing. */
  violationBy(event: LibraryEvent): string | undefined {
    switch (event.type) {
      case 'BookCopyAddedToCirculation':
        return this.#add(event.payload.BookID);
      case 'BookCopyRemovedFromCirculation':
        return this.#remove(event.payload.BookID);
      case 'BookCopyLentToReader':
        return this.#lend(event.payload.BookID, event.payload.ReaderID);
      case 'BookCopyReturnedByReader':
        return this.#giveBack(event.payload.BookID, event.payload.ReaderID);
      case 'ReaderRegistered':
        return this.#register(event.payload.ReaderID);
      case 'ReaderContractCanceled':
        return this.#cancel(event.payload.ReaderID);
      case 'LendingBookToReaderFailed':
        return unless(event, this.#whyNotLend(event.payload.BookID, event.payload.ReaderID));
      case 'ReturningBookFromReaderFailed':
        return unless(event, this.#whyNotGiveBack(event.payload.BookID, event.payload.ReaderID));
      case 'RemovingBookFromCirculationFailed':
        return unless(event, this.#whyNotRemove(event.payload.BookID));
      case 'CancelingReaderContractFailed':
        return unless(event, this.#whyNotCancel(event.payload.ReaderID));
    }
  }

  #add(book: string): string | undefined {
    if (this.#inCirculation.has(book)) return 'already in circulation';
    this.#everAdded.add(book);
    this.#inCirculation.add(book);
    return undefined;
  }

  #remove(book: string): string | undefined {
    const why = this.#whyNotRemove(book);
    if (why === undefined) this.#inCirculation.delete(book);
    return why;
  }

  #lend(book: string, reader: string): string | undefined {
    const why = this.#whyNotLend(book, reader);
    if (why !== undefined) return why;
    this.#borrowerOf.set(book, reader);
    this.#gaveBack.delete(`${book} ${reader}`);
    return undefined;
  }

  #giveBack(book: string, reader: string): string | undefined {
    const why = this.#whyNotGiveBack(book, reader);
    if (why !== undefined) return why;
    this.#borrowerOf.delete(book);
    this.#gaveBack.add(`${book} ${reader}`);
    return undefined;
  }

  #register(reader: string): string | undefined {
    if (this.#registered.has(reader)) return 'already registered';
    this.#everRegistered.add(reader);
    this.#registered.add(reader);
    return undefined;
  }

  #cancel(reader: string): string | undefined {
    const why = this.#whyNotCancel(reader);
    if (why === undefined) this.#registered.delete(reader);
    return why;
  }

  #whyNotRemove(book: string): string | undefined {
    if (!this.#everAdded.has(book)) return 'book was never added';
    if (!this.#inCirculation.has(book)) return 'already removed';
    return this.#borrowerOf.has(book) ? 'book is currently lent' : undefined;
  }

  #whyNotLend(book: string, reader: string): string | undefined {
    if (this.#borrowerOf.get(book) === reader) return 'already lent to this reader';
    if (!this.#registered.has(reader)) return 'reader not registered';
    if (!this.#inCirculation.has(book)) return 'book not in circulation';
    if (this.#borrowerOf.has(book)) return 'book already lent';
    const loans = [...this.#borrowerOf.values()].filter((borrower) => borrower === reader);
    return loans.length >= 10 ? 'reader has 10 books' : undefined;
  }

  #whyNotGiveBack(book: string, reader: string): string | undefined {
    if (!this.#everAdded.has(book)) return 'book was never added';
    if (!this.#everRegistered.has(reader)) return 'reader was never registered';
    if (this.#borrowerOf.get(book) === reader) return undefined;
    return this.#gaveBack.has(`${book} ${reader}`) ? 'already returned' : 'book is not lent to this reader';
  }

  #whyNotCancel(reader: string): string | undefined {
    if (!this.#registered.has(reader)) return 'not registered';
    const hasLoans = [...this.#borrowerOf.values()].includes(reader);
    return hasLoans ? 'reader has outstanding loans' : undefined;
  }
}

function unless(
  event: { readonly payload: { readonly Reason: string } },
  why: string | undefined,
): string | undefined {
  const { Reason } = event.payload;
  return why === Reason ? undefined : `refused because "${Reason}", though the rules say "${why ?? 'yes'}"`;
}
