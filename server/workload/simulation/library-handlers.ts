import type { EventStore } from '../../eventstore/event-store.ts';
import { type CommandDefinition, commandHandler } from '../../handling/command-handler.ts';
import type { Handled, Handler } from '../../handling/handler.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import { type QueryDefinition, queryHandler } from '../../handling/query-handler.ts';
import { type Observed, observed } from '../../handling/recording/observed.ts';
import type { FailedOperation, OperationRecorder } from '../../handling/recording/operation-recorder.ts';
import type { RetrySettings } from '../../handling/retrying/retry-settings.ts';
import { type Retried, retrying } from '../../handling/retrying/retrying.ts';
import type { SnapshotKeeper } from '../../handling/snapshots/snapshot-keeper.ts';
import { snapshotting } from '../../handling/snapshots/snapshotting.ts';
import type { Random } from '../../lib/random.ts';
import { addBookCopyToCirculation } from '../../library/add-book-copy-to-circulation/add-book-copy-to-circulation.ts';
import { booksInCirculation } from '../../library/books-in-circulation/books-in-circulation.ts';
import { booksLentByReader } from '../../library/books-lent-by-reader/books-lent-by-reader.ts';
import { booksLentOut } from '../../library/books-lent-out/books-lent-out.ts';
import { cancelReaderContract } from '../../library/cancel-reader-contract/cancel-reader-contract.ts';
import { canceledReaders } from '../../library/canceled-readers/canceled-readers.ts';
import { finishedLendings } from '../../library/finished-lendings/finished-lendings.ts';
import { lendBookCopyToReader } from '../../library/lend-book-copy-to-reader/lend-book-copy-to-reader.ts';
import type { EventMetadata } from '../../library/marshal-library-event.ts';
import { registerReader } from '../../library/register-reader/register-reader.ts';
import { registeredReaders } from '../../library/registered-readers/registered-readers.ts';
import { removeBookCopyFromCirculation } from '../../library/remove-book-copy-from-circulation/remove-book-copy-from-circulation.ts';
import { removedBooks } from '../../library/removed-books/removed-books.ts';
import { returnBookCopyFromReader } from '../../library/return-book-copy-from-reader/return-book-copy-from-reader.ts';
import type { LibraryAction } from './library-action.ts';

export interface LibraryHandlersOptions {
  /** Its instrumentation must tell the recorder. */
  readonly store: EventStore;
  readonly recorder: OperationRecorder;
  /** For the jitter of retries. */
  readonly random: Random;
  readonly retries?: Partial<RetrySettings>;
  /** Left out, queries about the whole library fold whole histories. */
  readonly keeper?: SnapshotKeeper;
  /** Told the record of every execution that ended with a fault. */
  readonly failed: FailedOperation;
}

/** When an action happens and under which ids its event is stored. */
export interface Stamp {
  readonly occurredAt: Date;
  readonly metadata: EventMetadata;
}

export interface PerformOptions {
  readonly signal: AbortSignal;
  /** Number of the operation. */
  readonly iteration: number;
}

export type Performed = Handled & Observed & Retried;

/** Does an action by its handler, decorated. */
export type Perform = (action: LibraryAction, stamp: Stamp, options: PerformOptions) => Promise<Performed>;

// What a librarian has on the screen.
const LENDINGS_SHOWN = 100;

/**
 * All handlers of the library, each `observed(retrying(handler))`; queries read only, and may lag behind. Those about the
 * whole library are `observed(snapshotting(retrying(handler)))`: a reader's own books are few events.
 */
export function libraryHandlers(options: LibraryHandlersOptions): Perform {
  const add = command(addBookCopyToCirculation, options);
  const remove = command(removeBookCopyFromCirculation, options);
  const lend = command(lendBookCopyToReader, options);
  const giveBack = command(returnBookCopyFromReader, options);
  const register = command(registerReader, options);
  const cancel = command(cancelReaderContract, options);
  const queries = {
    BooksInCirculation: collectiveQuery(booksInCirculation, options),
    BooksLentOut: collectiveQuery(booksLentOut, options),
    RegisteredReaders: collectiveQuery(registeredReaders, options),
    CanceledReaders: collectiveQuery(canceledReaders, options),
    RemovedBooks: collectiveQuery(removedBooks, options),
  };
  const finished = collectiveQuery(finishedLendings, options);
  const ofReader = query(booksLentByReader, options);
  return (action, stamp, call) => {
    switch (action.handler) {
      case 'LendBookCopyToReader':
        return lend.handle({ bookID: action.bookID, readerID: action.readerID, ...stamp }, call);
      case 'ReturnBookCopyFromReader':
        return giveBack.handle({ bookID: action.bookID, readerID: action.readerID, ...stamp }, call);
      case 'AddBookCopyToCirculation':
        return add.handle({ bookID: action.bookID, details: action.details, ...stamp }, call);
      case 'RemoveBookCopyFromCirculation':
        return remove.handle({ bookID: action.bookID, ...stamp }, call);
      case 'RegisterReader':
        return register.handle({ readerID: action.readerID, name: action.name, ...stamp }, call);
      case 'CancelReaderContract':
        return cancel.handle({ readerID: action.readerID, ...stamp }, call);
      case 'BooksLentByReader':
        return ofReader.handle({ readerID: action.readerID }, call);
      case 'FinishedLendings':
        return finished.handle({ order: 'desc', maxResults: LENDINGS_SHOWN }, call);
      default:
        return queries[action.handler].handle({}, call);
    }
  };
}

function command<Command, Event, State, Reason extends string>(
  definition: CommandDefinition<Command, Event, State, Reason>,
  options: LibraryHandlersOptions,
) {
  const { store, recorder, failed } = options;
  const handler = commandHandler(definition, { store, phases: recorder });
  return observed(patient(handler, options), recorder, failed);
}

function query<Query, Event, State, Result>(
  definition: QueryDefinition<Query, Event, State, Result>,
  options: LibraryHandlersOptions,
) {
  const { store, recorder, failed } = options;
  const handler = queryHandler(definition, { store, phases: recorder });
  return observed(patient(handler, options), recorder, failed);
}

function collectiveQuery<Query, Event, State, Result>(
  definition: QueryDefinition<Query, Event, State, Result> & Snapshotable<State>,
  options: LibraryHandlersOptions,
) {
  const { store, recorder, failed, keeper } = options;
  if (keeper === undefined) return query(definition, options);
  const handler = patient(queryHandler(definition, { store, phases: recorder }), options);
  return observed(snapshotting(handler, definition, keeper), recorder, failed);
}

function patient<Input, Answer extends Handled, State>(
  handler: Handler<Input, Answer, State>,
  { recorder, random, retries }: LibraryHandlersOptions,
): Handler<Input, Answer & Retried, State> {
  return retrying(handler, { recorder, random, ...(retries && { settings: retries }) });
}
