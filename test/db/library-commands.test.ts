import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { openPool } from '../../server/database/pool.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import type { EventStore } from '../../server/eventstore/event-store.ts';
import { migrateEventStore } from '../../server/eventstore/postgres/migrate-event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { type CommandDefinition, commandHandler } from '../../server/handling/command-handler.ts';
import { retrying } from '../../server/handling/retrying/retrying.ts';
import { createRandom, type Random } from '../../server/lib/random.ts';
import { addBookCopyToCirculation } from '../../server/library/add-book-copy-to-circulation/add-book-copy-to-circulation.ts';
import { cancelReaderContract } from '../../server/library/cancel-reader-contract/cancel-reader-contract.ts';
import type { BookID, LibraryEvent, ReaderID } from '../../server/library/events.ts';
import { lendBookCopyToReader } from '../../server/library/lend-book-copy-to-reader/lend-book-copy-to-reader.ts';
import { parseLibraryEvent } from '../../server/library/parse-library-event.ts';
import { registerReader } from '../../server/library/register-reader/register-reader.ts';
import { removeBookCopyFromCirculation } from '../../server/library/remove-book-copy-from-circulation/remove-book-copy-from-circulation.ts';
import { returnBookCopyFromReader } from '../../server/library/return-book-copy-from-reader/return-book-copy-from-reader.ts';
import { libraryDesk, requests } from '../property/support/library-requests.ts';
import { LibraryRules } from '../property/support/library-rules.ts';
import { naiveOutcome } from '../property/support/naive-library.ts';
import { details, metadata } from '../unit/support/library-examples.ts';
import { testDatabase } from './support/test-database.ts';

let store: EventStore;
const stack = new AsyncDisposableStack();

before(async () => {
  const database = stack.use(await testDatabase());
  await migrateEventStore({ primary: database.url });
  const pool = openPool({
    connectionString: database.url,
    applicationName: 'library commands',
    log: (message) => console.error(message),
  });
  stack.defer(() => pool.end());
  store = await openPostgresEventStore({ primary: pool });
});

after(() => stack.disposeAsync());

const anyEvent = buildEventFilter().matchingAnyEvent();

let things = 100;

function aBook(): BookID {
  things += 1;
  return `book-${things}` as BookID;
}

function aReader(): ReaderID {
  things += 1;
  return `reader-${things}` as ReaderID;
}

/** The command handlers as an application has them: who loses a race reads and decides anew. */
function desk() {
  const now = () => ({ occurredAt: new Date(), metadata });
  let conflicts = 0;
  const served = <Command, State, Reason extends string>(
    definition: CommandDefinition<Command, LibraryEvent, State, Reason>,
  ) => {
    const handler = retrying(commandHandler(definition, { store }), {
      settings: { attempts: 50, maxDelayMs: 50 },
    });
    return async (command: Command) => {
      const answer = await handler.handle(command);
      conflicts += answer.retries.attempts - 1;
      return answer.outcome === 'rejected' ? answer.reason : answer.outcome;
    };
  };
  const [add, remove] = [served(addBookCopyToCirculation), served(removeBookCopyFromCirculation)];
  const [register, cancel] = [served(registerReader), served(cancelReaderContract)];
  const [lend, giveBack] = [served(lendBookCopyToReader), served(returnBookCopyFromReader)];
  return {
    conflicts: () => conflicts,
    add: (bookID: BookID) => add({ bookID, details, ...now() }),
    remove: (bookID: BookID) => remove({ bookID, ...now() }),
    register: (readerID: ReaderID) => register({ readerID, name: 'Ada', ...now() }),
    cancel: (readerID: ReaderID) => cancel({ readerID, ...now() }),
    lend: (bookID: BookID, readerID: ReaderID) => lend({ bookID, readerID, ...now() }),
    giveBack: (bookID: BookID, readerID: ReaderID) => giveBack({ bookID, readerID, ...now() }),
  };
}

/** So many that both orders occur, and that without a guard hardly a run would pass. */
const ROUNDS = 20;

test('One after the other, requests have the outcomes of the naive library', async () => {
  const serve = libraryDesk(store);
  const [asked = []] = fc.sample(requests, { numRuns: 1, seed: 11 });
  const happened = async () => (await store.query(anyEvent)).events.map(parseLibraryEvent);
  for (const request of asked) {
    const expected = naiveOutcome(await happened(), request);
    const answer = await serve(request);
    const reason = answer.outcome === 'rejected' ? { reason: answer.reason } : {};
    const stored = expected.outcome === 'idempotent' ? {} : { stored: (await happened()).at(-1)?.type };
    assert.deepEqual({ outcome: answer.outcome, ...stored, ...reason }, expected);
  }
});

test('Of two readers who want the same book at once one gets it, the other is refused', async () => {
  const { add, register, lend } = desk();
  for (let round = 0; round < ROUNDS; round += 1) {
    const [book, ada, bob] = [aBook(), aReader(), aReader()];
    await Promise.all([add(book), register(ada), register(bob)]);
    const outcomes = await Promise.all([lend(book, ada), lend(book, bob)]);
    assert.deepEqual(outcomes.sort(), ['accepted', 'book already lent']);
  }
});

test('Of two books that a reader with nine wants at once only one is lent', async () => {
  const { add, register, lend } = desk();
  for (let round = 0; round < ROUNDS; round += 1) {
    const [ada, books] = [aReader(), Array.from({ length: 11 }, aBook)];
    await Promise.all([register(ada), ...books.map(add)]);
    for (const book of books.slice(0, 9)) await lend(book, ada);
    const outcomes = await Promise.all(books.slice(9).map((book) => lend(book, ada)));
    assert.deepEqual(outcomes.sort(), ['accepted', 'reader has 10 books']);
  }
});

test('A reader who leaves while a book is lent to them either stays or does not get it', async () => {
  const { add, register, lend, cancel } = desk();
  const seen = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const [book, ada] = [aBook(), aReader()];
    await Promise.all([add(book), register(ada)]);
    const both = round % 2 ? [lend(book, ada), cancel(ada)] : [cancel(ada), lend(book, ada)];
    seen.add((await Promise.all(both)).sort().join(', '));
  }
  assertSubset(seen, ['accepted, reader has outstanding loans', 'accepted, reader not registered']);
});

test('A book that is removed while it is lent either stays or is not lent', async () => {
  const { add, register, lend, remove } = desk();
  const seen = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const [book, ada] = [aBook(), aReader()];
    await Promise.all([add(book), register(ada)]);
    const both = round % 2 ? [lend(book, ada), remove(book)] : [remove(book), lend(book, ada)];
    seen.add((await Promise.all(both)).sort().join(', '));
  }
  assertSubset(seen, ['accepted, book is currently lent', 'accepted, book not in circulation']);
});

test('What is asked for twice at once happens once', async () => {
  const { add, register, lend, giveBack, remove, cancel } = desk();
  for (let round = 0; round < ROUNDS / 4; round += 1) {
    const [book, ada] = [aBook(), aReader()];
    const ask = [
      () => add(book),
      () => register(ada),
      () => lend(book, ada),
      () => giveBack(book, ada),
      () => remove(book),
      () => cancel(ada),
    ];
    for (const [which, request] of ask.entries()) {
      const outcomes = await Promise.all([request(), request(), request()]);
      assert.deepEqual(outcomes.sort(), ['accepted', 'idempotent', 'idempotent'], `request ${which}`);
    }
  }
});

test('Many at the counter at once, over few books: all that is stored is lawful, event by event', async () => {
  const { conflicts, add, register, lend, giveBack, remove, cancel } = desk();
  const books = Array.from({ length: 14 }, aBook);
  const readers = Array.from({ length: 3 }, aReader);
  const act = (random: Random) => {
    const [book, reader] = [random.pick(books), random.pick(readers)];
    const acts = [
      () => add(book),
      () => add(book),
      () => remove(book),
      () => register(reader),
      () => cancel(reader),
      ...Array.from({ length: 6 }, () => () => lend(book, reader)),
      ...Array.from({ length: 4 }, () => () => giveBack(book, reader)),
    ];
    return random.pick(acts)();
  };
  const outcomes = new Map<string, number>();
  const worker = async (stream: number) => {
    const random = createRandom(7, stream);
    for (let turn = 0; turn < 80; turn += 1) {
      const outcome = await act(random);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, stream) => worker(stream)));
  const stored = (await store.query(anyEvent)).events.map(parseLibraryEvent);
  assert.ok((outcomes.get('accepted') ?? 0) > 50 && (outcomes.get('book already lent') ?? 0) > 10);
  assert.ok(conflicts() > 50, `${conflicts()} conflicts`);
  assertLawful(stored);
});

function assertLawful(events: readonly LibraryEvent[]): void {
  const rules = new LibraryRules();
  for (const [index, event] of events.entries()) {
    assert.equal(rules.violationBy(event), undefined, `event ${index}, ${JSON.stringify(event)}`);
  }
}

function assertSubset(seen: ReadonlySet<string>, allowed: readonly string[]): void {
  assert.deepEqual(
    [...seen].filter((outcomes) => !allowed.includes(outcomes)),
    [],
  );
}
