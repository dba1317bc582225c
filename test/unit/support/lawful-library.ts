import { createRandom } from '../../../server/lib/random.ts';
import type { BookID, LibraryEvent, ReaderID } from '../../../server/library/events.ts';
import { freshBookID, freshReaderID } from '../../../server/workload/library-life.ts';
import { LibraryWorld } from '../../../server/workload/library-world.ts';
import type { ActionOutcome, LibraryAction } from '../../../server/workload/simulation/library-action.ts';
import { habitsOf } from '../../../server/workload/simulation/personas.ts';
import { LibraryRules } from '../../property/support/library-rules.ts';

const occurredAt = new Date(0);

/** Answers actions as the rules of the library say, written down independently of its handlers. */
export class LawfulLibrary {
  readonly #rules = new LibraryRules();

  perform(action: LibraryAction): ActionOutcome {
    const event = eventOf(action);
    if (event === undefined) return 'answered';
    const broken = this.#rules.violationBy(event);
    if (broken === undefined) return 'accepted';
    return /^already (in circulation|removed|lent to this reader|returned|registered)|^not registered/.test(
      broken,
    )
      ? 'idempotent'
      : 'rejected';
  }
}

/** A library of so many books and readers, and the world that knows it. */
export function libraryOf(books: number, readers: number): { library: LawfulLibrary; world: LibraryWorld } {
  const library = new LawfulLibrary();
  const world = new LibraryWorld();
  const random = createRandom(99);
  for (let book = 0; book < books; book += 1) {
    const { id } = world.addNewBook(freshBookID(random));
    library.perform({ handler: 'AddBookCopyToCirculation', bookID: id, details });
  }
  for (let reader = 0; reader < readers; reader += 1) {
    const id = freshReaderID(random);
    world.register(id, habitsOf(id));
    library.perform({ handler: 'RegisterReader', readerID: id, name: 'A' });
  }
  return { library, world };
}

const details = {
  ISBN: '',
  Title: '',
  Authors: '',
  Edition: '',
  Publisher: '',
  PublicationYear: 2000,
};

/** What the action would bring about; undefined for a question. */
function eventOf(action: LibraryAction): LibraryEvent | undefined {
  switch (action.handler) {
    case 'LendBookCopyToReader':
      return { type: 'BookCopyLentToReader', occurredAt, payload: pairOf(action) };
    case 'ReturnBookCopyFromReader':
      return { type: 'BookCopyReturnedByReader', occurredAt, payload: pairOf(action) };
    case 'AddBookCopyToCirculation': {
      const payload = { BookID: action.bookID, ...action.details };
      return { type: 'BookCopyAddedToCirculation', occurredAt, payload };
    }
    case 'RemoveBookCopyFromCirculation':
      return { type: 'BookCopyRemovedFromCirculation', occurredAt, payload: { BookID: action.bookID } };
    case 'RegisterReader': {
      const payload = { ReaderID: action.readerID, Name: action.name };
      return { type: 'ReaderRegistered', occurredAt, payload };
    }
    case 'CancelReaderContract':
      return { type: 'ReaderContractCanceled', occurredAt, payload: { ReaderID: action.readerID } };
    default:
      return undefined;
  }
}

function pairOf({ bookID, readerID }: { readonly bookID: BookID; readonly readerID: ReaderID }) {
  return { BookID: bookID, ReaderID: readerID };
}
