import type * as z from 'zod';
import type { EventStore } from '../eventstore/event-store.ts';
import { type CommandDefinition, commandHandler } from '../handling/command-handler.ts';
import type { Handled, Handler } from '../handling/handler.ts';
import { parseInput } from '../handling/input/parse-input.ts';
import type { Snapshotable, SnapshotProjection } from '../handling/projection.ts';
import { type QueryDefinition, queryHandler } from '../handling/query-handler.ts';
import { type Observed, observed } from '../handling/recording/observed.ts';
import type { OperationRecorder } from '../handling/recording/operation-recorder.ts';
import type { RetrySettings } from '../handling/retrying/retry-settings.ts';
import { retrying } from '../handling/retrying/retrying.ts';
import type { SavePolicy } from '../handling/snapshots/save-policy.ts';
import type { SnapshotKeeper } from '../handling/snapshots/snapshot-keeper.ts';
import { snapshotting } from '../handling/snapshots/snapshotting.ts';
import { createRandom } from '../lib/random.ts';
import { addBookCopyToCirculation } from '../library/add-book-copy-to-circulation/add-book-copy-to-circulation.ts';
import { booksInCirculation } from '../library/books-in-circulation/books-in-circulation.ts';
import { booksLentByReader } from '../library/books-lent-by-reader/books-lent-by-reader.ts';
import { booksLentOut } from '../library/books-lent-out/books-lent-out.ts';
import { cancelReaderContract } from '../library/cancel-reader-contract/cancel-reader-contract.ts';
import { canceledReaders } from '../library/canceled-readers/canceled-readers.ts';
import type { LibraryEvent } from '../library/events.ts';
import { finishedLendings } from '../library/finished-lendings/finished-lendings.ts';
import type { FinishedLendingsQuery } from '../library/finished-lendings/query.ts';
import { lendBookCopyToReader } from '../library/lend-book-copy-to-reader/lend-book-copy-to-reader.ts';
import { registerReader } from '../library/register-reader/register-reader.ts';
import { registeredReaders } from '../library/registered-readers/registered-readers.ts';
import { removeBookCopyFromCirculation } from '../library/remove-book-copy-from-circulation/remove-book-copy-from-circulation.ts';
import { removedBooks } from '../library/removed-books/removed-books.ts';
import { returnBookCopyFromReader } from '../library/return-book-copy-from-reader/return-book-copy-from-reader.ts';
import { EXAMPLE_HANDLERS } from './example-handler-list.ts';
import { COMMAND_SCHEMAS, parseCommandInput, QUERY_SCHEMAS, type Stamp } from './example-input-schemas.ts';
import { ExampleInputs, type ExampleInputsOptions } from './example-inputs.ts';
import type { IndexedLibraryWorld } from './indexed-library-world.ts';
import type { HandlerSummary, RunnableHandler } from './runnable-handler.ts';

export interface ExampleHandlersOptions extends ExampleInputsOptions {
  /** Its instrumentation must tell the recorder, or the store's phases stay unseen. */
  readonly store: EventStore;
  readonly recorder: OperationRecorder;
  /** Left out, every execution folds the whole history. */
  readonly snapshots?: ExampleSnapshots;
  /** Left out, the first conflict fails the execution. */
  readonly retries?: RetrySettings;
  /** One input for all executions, as it came from outside; left out, inputs are chosen. */
  readonly input?: unknown;
}

/** Where the handlers keep their states, and when they save them. */
export interface ExampleSnapshots {
  readonly keeper: SnapshotKeeper;
  readonly policy: SavePolicy;
}

/** Chooses from what the library holds, or without having a look at it. */
type Choice<Input> =
  | { readonly anew: (iteration: number) => Input }
  | { readonly from: (world: IndexedLibraryWorld, iteration: number) => Input };

/** The handlers of the library example, ready to run, in the order of `EXAMPLE_HANDLERS`. */
export function exampleHandlers(options: ExampleHandlersOptions): readonly RunnableHandler[] {
  const inputs = new ExampleInputs(options);
  const { query, command } = runnables(options, inputs);
  const all = { anew: () => ({}) };
  const latest: FinishedLendingsQuery = { order: 'desc', maxResults: 100 };
  return [
    query(booksInCirculation, QUERY_SCHEMAS.BooksInCirculation, all),
    query(booksLentOut, QUERY_SCHEMAS.BooksLentOut, all),
    query(booksLentByReader, QUERY_SCHEMAS.BooksLentByReader, {
      from: (world, iteration) => inputs.anyReader(world, iteration),
    }),
    query(registeredReaders, QUERY_SCHEMAS.RegisteredReaders, all),
    query(canceledReaders, QUERY_SCHEMAS.CanceledReaders, all),
    query(finishedLendings, QUERY_SCHEMAS.FinishedLendings, { anew: () => latest }),
    query(removedBooks, QUERY_SCHEMAS.RemovedBooks, all),
    command(addBookCopyToCirculation, COMMAND_SCHEMAS.AddBookCopyToCirculation, {
      anew: (iteration) => inputs.newBook(iteration),
    }),
    command(removeBookCopyFromCirculation, COMMAND_SCHEMAS.RemoveBookCopyFromCirculation, {
      from: (world, iteration) => inputs.bookToRemove(world, iteration),
    }),
    command(registerReader, COMMAND_SCHEMAS.RegisterReader, {
      anew: (iteration) => inputs.newReader(iteration),
    }),
    command(cancelReaderContract, COMMAND_SCHEMAS.CancelReaderContract, {
      from: (world, iteration) => inputs.readerToLeave(world, iteration),
    }),
    command(lendBookCopyToReader, COMMAND_SCHEMAS.LendBookCopyToReader, {
      from: (world, iteration) => inputs.bookToLend(world, iteration),
    }),
    command(returnBookCopyFromReader, COMMAND_SCHEMAS.ReturnBookCopyFromReader, {
      from: (world, iteration) => inputs.bookToReturn(world, iteration),
    }),
  ];
}

/** Makes definitions of queries and of commands runnable. */
function runnables(options: ExampleHandlersOptions, inputs: ExampleInputs) {
  const { store, recorder, input, snapshots, retries: settings } = options;
  const random = createRandom(options.seed);

  function patient<Input, Answer extends Handled, State>(
    handler: Handler<Input, Answer, State>,
  ): Handler<Input, Answer, State> {
    return settings === undefined ? handler : retrying(handler, { recorder, random, settings });
  }

  function kept<Input, Answer extends Handled, State>(
    handler: Handler<Input, Answer, State>,
    definition: SnapshotProjection<State>,
  ): Handler<Input, Answer, State> {
    if (snapshots === undefined) return handler;
    const { keeper, policy } = snapshots;
    return snapshotting(handler, definition, keeper, { policy });
  }

  return {
    query<Query, State, Result>(
      definition: QueryDefinition<Query, LibraryEvent, State, Result> & Snapshotable<State>,
      ...[schema, choice]: [z.ZodType<Query>, Choice<Query>]
    ): RunnableHandler {
      const plain = queryHandler(definition, { store, phases: recorder });
      const handler = observed(kept(patient(plain), definition), recorder);
      const given = () => parseInput(schema, input, definition.name);
      return runnable(handler, inputs, input === undefined ? choice : { anew: given });
    },

    command<Command extends Stamp, State, Reason extends string>(
      definition: CommandDefinition<Command, LibraryEvent, State, Reason> & Snapshotable<State>,
      ...[schema, choice]: [z.ZodType<Command>, Choice<Command>]
    ): RunnableHandler {
      const plain = commandHandler(definition, { store, phases: recorder });
      const handler = observed(kept(patient(plain), definition), recorder);
      const given = (iteration: number) =>
        parseCommandInput(schema, input, { handler: definition.name, stamp: inputs.stamp(iteration) });
      return runnable(handler, inputs, input === undefined ? choice : { anew: given });
    },
  };
}

function runnable<Input, Answer extends Handled & Observed, State>(
  handler: Handler<Input, Answer, State>,
  inputs: ExampleInputs,
  choice: Choice<Input>,
): RunnableHandler {
  const summary = summaryOf(handler.name);
  let lastInput: Input | undefined;
  const handle = async (input: Input, ...[iteration, signal]: [number, AbortSignal]) => {
    lastInput = input;
    return (await handler.handle(input, { iteration, signal })).record;
  };
  if ('anew' in choice) {
    return {
      ...summary,
      lastInput: () => lastInput,
      execute: async (iteration, signal) => handle(choice.anew(iteration), iteration, signal),
    };
  }
  return {
    ...summary,
    lastInput: () => lastInput,
    prepare: async (signal, progress) => void (await inputs.world({ signal, progress })),
    execute: async (iteration, signal) => {
      const world = await inputs.world({ signal });
      return handle(choice.from(world, iteration), iteration, signal);
    },
  };
}

function summaryOf(name: string): HandlerSummary {
  const summary = EXAMPLE_HANDLERS.find((handler) => handler.name === name);
  if (summary === undefined) throw new TypeError(`The list of handlers lacks ${name}`);
  return summary;
}
