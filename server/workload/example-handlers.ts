import type { EventStore } from '../eventstore/event-store.ts';
import { commandHandler } from '../handling/command-handler.ts';
import type { Handled, Handler } from '../handling/handler.ts';
import { type Observed, observed } from '../handling/observed.ts';
import type { OperationRecorder } from '../handling/operation-recorder.ts';
import { queryHandler } from '../handling/query-handler.ts';
import type { Clock } from '../lib/clock.ts';
import { createRandom } from '../lib/random.ts';
import { addBookCopyToCirculation } from '../library/add-book-copy-to-circulation/add-book-copy-to-circulation.ts';
import type { AddBookCopyToCirculation } from '../library/add-book-copy-to-circulation/command.ts';
import { booksInCirculation } from '../library/books-in-circulation/books-in-circulation.ts';
import type { BookID } from '../library/events.ts';
import { bookDetails } from './book-catalogue.ts';
import type { HandlerSummary, RunnableHandler } from './runnable-handler.ts';
import { uuidOf } from './uuid.ts';

const BOOKS_IN_CIRCULATION: HandlerSummary = {
  name: booksInCirculation.name,
  kind: 'query',
  summary: 'Lists every book copy of the library and whether it is lent, from the histories of all books.',
};

const ADD_BOOK_COPY: HandlerSummary = {
  name: addBookCopyToCirculation.name,
  kind: 'command',
  summary: 'Puts a new book copy into circulation: reads the history of that book, then appends one event.',
  effect: 'Appends one event per iteration; they stay in the store.',
};

/** The handlers of the library example, for pickers; needs no event store. */
export const EXAMPLE_HANDLERS: readonly HandlerSummary[] = [BOOKS_IN_CIRCULATION, ADD_BOOK_COPY];

export interface ExampleHandlersOptions {
  /** Its instrumentation must tell the recorder, or the store's phases stay unseen. */
  readonly store: EventStore;
  readonly recorder: OperationRecorder;
  /** Dates the events that commands bring about. */
  readonly clock: Clock;
  /** The same seed gives the same inputs. */
  readonly seed: number;
  /** Part of the ids of new books, so that every run really adds its books. */
  readonly runId: string;
}

/** The handlers of the library example, ready to run, in the order of `EXAMPLE_HANDLERS`. */
export function exampleHandlers(options: ExampleHandlersOptions): readonly RunnableHandler[] {
  const { store, recorder } = options;
  const books = observed(queryHandler(booksInCirculation, { store, phases: recorder }), recorder);
  const addBook = observed(commandHandler(addBookCopyToCirculation, { store, phases: recorder }), recorder);
  return [
    runnable(BOOKS_IN_CIRCULATION, books, () => ({})),
    runnable(ADD_BOOK_COPY, addBook, (iteration) => newBook(iteration, options)),
  ];
}

function runnable<Input, Answer extends Handled & Observed, State>(
  summary: HandlerSummary,
  handler: Handler<Input, Answer, State>,
  inputOf: (iteration: number) => Input,
): RunnableHandler {
  return {
    ...summary,
    execute: async (iteration, signal) =>
      (await handler.handle(inputOf(iteration), { iteration, signal })).record,
  };
}

function newBook(
  iteration: number,
  { clock, seed, runId }: ExampleHandlersOptions,
): AddBookCopyToCirculation {
  const name = `${runId}/${iteration}`;
  const commandID = uuidOf(`${name}/command`);
  return {
    bookID: uuidOf(`${name}/book`) as BookID,
    details: bookDetails(createRandom(seed, iteration)),
    occurredAt: clock.now(),
    metadata: { MessageID: uuidOf(`${name}/event`), CausationID: commandID, CorrelationID: commandID },
  };
}
