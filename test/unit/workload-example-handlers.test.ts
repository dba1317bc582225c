import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConcurrencyConflictError } from '../../server/eventstore/errors.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type EventStore, emptyPosition } from '../../server/eventstore/event-store.ts';
import { forwardingEventStore } from '../../server/eventstore/forwarding-event-store.ts';
import { createOperationRecorder } from '../../server/handling/recording/operation-recorder.ts';
import { defaultRetrySettings } from '../../server/handling/retrying/retry-settings.ts';
import { everyEvents } from '../../server/handling/snapshots/save-policy.ts';
import { SnapshotKeeper } from '../../server/handling/snapshots/snapshot-keeper.ts';
import { checkExampleInput } from '../../server/workload/check-example-input.ts';
import { EXAMPLE_HANDLERS } from '../../server/workload/example-handler-list.ts';
import { type ExampleHandlersOptions, exampleHandlers } from '../../server/workload/example-handlers.ts';
import { libraryHistories } from '../../server/workload/library-histories.ts';
import type { RunnableHandler } from '../../server/workload/runnable-handler.ts';
import { UnknownHandlerError } from '../../server/workload/unknown-handler-error.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { ManualClock } from './support/manual-clock.ts';

const { signal } = new AbortController();

test('The list for pickers names exactly the handlers that can be run', () => {
  const handlers = runnableOn(new InMemoryEventStore());
  const runnable = handlers.map(({ execute: _, prepare: __, lastInput: ___, ...facts }) => facts);
  assert.deepEqual(EXAMPLE_HANDLERS, runnable);
  assert.deepEqual(
    EXAMPLE_HANDLERS.map(({ name }) => name),
    [
      'BooksInCirculation',
      'BooksLentOut',
      'BooksLentByReader',
      'RegisteredReaders',
      'CanceledReaders',
      'FinishedLendings',
      'RemovedBooks',
      'AddBookCopyToCirculation',
      'RemoveBookCopyFromCirculation',
      'RegisterReader',
      'CancelReaderContract',
      'LendBookCopyToReader',
      'ReturnBookCopyFromReader',
    ],
  );
});

test('Commands say what they leave in the store, queries have nothing to say', () => {
  for (const { kind, effect } of EXAMPLE_HANDLERS) {
    assert.match(effect ?? '', kind === 'command' ? /^Appends .* stay in the store\.$/ : /^$/);
  }
});

test('AddBookCopyToCirculation adds a new book with every execution, also in a later run with the same seed', async () => {
  const store = new InMemoryEventStore();
  for (const runId of ['first', 'second']) {
    const handler = named('AddBookCopyToCirculation', runnableOn(store, { runId }));
    for (let iteration = 0; iteration < 3; iteration += 1) {
      const { outcome, kind, iteration: recorded } = await handler.execute(iteration, signal);
      assert.deepEqual([outcome, kind, recorded], ['accepted', 'command', iteration]);
    }
  }
  assert.equal(store.events.length, 6);
});

test('The same seed and run give the same inputs, another seed gives other books', async () => {
  const payloads = async (seed: number) => {
    const store = new InMemoryEventStore();
    await named('AddBookCopyToCirculation', runnableOn(store, { seed })).execute(0, signal);
    return store.events.map(({ payload, metadata }) => [payload, metadata]);
  };
  assert.deepEqual(await payloads(1), await payloads(1));
  assert.notDeepEqual(await payloads(1), await payloads(2));
});

test('BooksInCirculation is recorded as a query, and an aborted signal ends it', async () => {
  const handler = named('BooksInCirculation', runnableOn(new InMemoryEventStore()));
  const { handler: name, outcome, iteration } = await handler.execute(4, signal);
  assert.deepEqual([name, outcome, iteration], ['BooksInCirculation', 'answered', 4]);
  await assert.rejects(handler.execute(5, AbortSignal.abort()), { code: 'operation_canceled' });
});

test('In a lived-in library every handler is answered or accepted, again and again', async () => {
  const store = await livedIn(3_000);
  for (const handler of runnableOn(store)) {
    const before = store.events.length;
    for (let iteration = 0; iteration < 10; iteration += 1) {
      const { outcome } = await handler.execute(iteration, signal);
      assert.equal(outcome, handler.kind === 'query' ? 'answered' : 'accepted', handler.name);
    }
    assert.equal(store.events.length - before, handler.kind === 'query' ? 0 : 10, handler.name);
  }
});

test('The same seed chooses the same books and readers of the same library, another seed others', async () => {
  const chosen = async (seed: number) => {
    const store = await livedIn(3_000);
    const before = store.events.length;
    const handler = named('LendBookCopyToReader', runnableOn(store, { seed }));
    for (let iteration = 0; iteration < 5; iteration += 1) await handler.execute(iteration, signal);
    return store.events.slice(before).map(({ payload }) => payload);
  };
  assert.deepEqual(await chosen(1), await chosen(1));
  assert.notDeepEqual(await chosen(1), await chosen(2));
});

test('Commands go on until the library has nothing left for them, and say what it lacks', async () => {
  const lacks = {
    RemoveBookCopyFromCirculation: /no book is on the shelf/,
    CancelReaderContract: /no registered reader is without loans/,
    LendBookCopyToReader: /no book is on the shelf|no registered reader has fewer than 10 books/,
    ReturnBookCopyFromReader: /no reader has a book/,
  };
  for (const [name, lack] of Object.entries(lacks)) {
    const handler = named(name, runnableOn(await livedIn(400)));
    const outcomes: string[] = [];
    const all = async () => {
      for (let iteration = 0; ; iteration += 1) {
        outcomes.push((await handler.execute(iteration, signal)).outcome);
      }
    };
    await assert.rejects(all(), { code: 'no_input', message: lack });
    assert.ok(outcomes.length > 1, name);
    assert.ok(
      outcomes.every((outcome) => outcome === 'accepted'),
      name,
    );
  }
});

test('In an empty store queries find nothing, what is new is added, and the other commands say what is missing', async () => {
  for (const handler of runnableOn(new InMemoryEventStore())) {
    const executed = handler.execute(0, signal).then(
      ({ outcome }) => outcome,
      (error) => error.code,
    );
    const isNew = ['AddBookCopyToCirculation', 'RegisterReader'].includes(handler.name);
    const command = isNew ? 'accepted' : 'no_input';
    assert.equal(await executed, handler.kind === 'query' ? 'answered' : command, handler.name);
  }
});

test('Only handlers that need it read the library, once', async () => {
  const needIt = [];
  for (const { name } of EXAMPLE_HANDLERS) {
    const store = await livedIn(400);
    const handler = named(name, runnableOn(store));
    for (let iteration = 0; iteration < 3; iteration += 1) await handler.execute(iteration, signal);
    if (store.reads.length === 3 + 1) needIt.push(name);
    else assert.equal(store.reads.length, 3, name);
    assert.equal(handler.prepare !== undefined, store.reads.length === 4, name);
  }
  assert.deepEqual(needIt, [
    'BooksLentByReader',
    'RemoveBookCopyFromCirculation',
    'CancelReaderContract',
    'LendBookCopyToReader',
    'ReturnBookCopyFromReader',
  ]);
});

test('Preparing tells how much was read, and can be aborted and done again', async () => {
  const store = await livedIn(3_000);
  const handler = named('LendBookCopyToReader', runnableOn(store));
  const told: number[] = [];
  await assert.rejects(handler.prepare?.(AbortSignal.abort(), () => undefined) ?? Promise.resolve(), {
    code: 'operation_canceled',
  });
  await handler.prepare?.(signal, (eventsRead) => told.push(eventsRead));
  assert.ok((told.at(-1) ?? 0) > 2_500);
  const reads = store.reads.length;
  await handler.execute(0, signal);
  assert.equal(store.reads.length, reads + 1);
});

test('A given input is that of every execution, dated and with ids when it has none', async () => {
  const store = new InMemoryEventStore();
  const input = { readerID: 'ada', name: 'Ada' };
  const handler = named('RegisterReader', runnableOn(store, { input }));
  assert.equal((await handler.execute(0, signal)).outcome, 'accepted');
  assert.equal((await handler.execute(1, signal)).outcome, 'idempotent');
  const [event] = store.events;
  assert.deepEqual(JSON.parse(event?.payload ?? ''), { ReaderID: 'ada', Name: 'Ada' });
  assert.equal(Object.keys(JSON.parse(event?.metadata ?? '')).length, 3);
});

test('A given input says when, and under which ids, if it wants to', async () => {
  const store = new InMemoryEventStore();
  const metadata = { MessageID: 'm', CausationID: 'c', CorrelationID: 'r' };
  const input = { readerID: 'ada', name: 'Ada', occurredAt: '2026-02-28T15:04:05+01:00', metadata };
  await named('RegisterReader', runnableOn(store, { input })).execute(0, signal);
  assert.deepEqual(store.events[0]?.occurredAt, new Date('2026-02-28T14:04:05Z'));
  assert.deepEqual(JSON.parse(store.events[0]?.metadata ?? ''), metadata);
});

const REFUSED: [handler: string, input: unknown, field: string, message: RegExp][] = [
  [
    'LendBookCopyToReader',
    { bookID: 'b' },
    'input.readerID',
    /^readerID of LendBookCopyToReader must be text/,
  ],
  ['LendBookCopyToReader', { bookID: 7, readerID: 'r' }, 'input.bookID', /must be text.*; 7 was given/],
  ['RegisterReader', { readerID: '', name: 'Ada' }, 'input.readerID', /text of 1 to 200 characters/],
  ['RegisterReader', { readerID: 'a\u0000b', name: 'Ada' }, 'input.readerID', /without NUL/],
  [
    'RegisterReader',
    { readerID: 'ada', name: 'Ada', occurredAt: 'yesterday' },
    'input.occurredAt',
    /ISO 8601 .*; "yesterday" was given/,
  ],
  ['RegisterReader', { readerID: 'ada', name: 'Ada', age: 36 }, 'input.age', /no field age/],
  ['RegisterReader', 'ada', 'input', /"ada" was given/],
  ['AddBookCopyToCirculation', { bookID: 'b', details: { ISBN: '1' } }, 'input.details.Title', /Title/],
  ['BooksInCirculation', { readerID: 'ada' }, 'input.readerID', /no field readerID/],
  ['BooksLentByReader', {}, 'input.readerID', /nothing was given/],
  ['FinishedLendings', { order: 'up' }, 'input.order', /"asc".*"desc"/],
  ['FinishedLendings', { maxResults: 0 }, 'input.maxResults', /at least 1/],
];
for (const [handler, input, field, message] of REFUSED) {
  test(`${JSON.stringify(input)} is refused for ${handler}, naming ${field}`, async () => {
    assert.throws(() => checkExampleInput(handler, input), { code: 'invalid_input', field, message });
    const run = named(handler, runnableOn(new InMemoryEventStore(), { input })).execute(0, signal);
    await assert.rejects(run, { code: 'invalid_input', message });
  });
}

test('What a handler knows is let through before a run, whichever handler it is', () => {
  checkExampleInput('FinishedLendings', {});
  checkExampleInput('BooksInCirculation', {});
  checkExampleInput('ReturnBookCopyFromReader', { bookID: 'b', readerID: 'r' });
  checkExampleInput('SomebodyElses', { anything: true });
});

for (const snapshots of [false, true]) {
  test(`A command that meets a conflict is tried again${snapshots ? ', also with snapshots' : ''}, and its record says so`, async () => {
    const store = new InMemoryEventStore();
    let conflicts = 2;
    const beaten: EventStore = {
      ...forwardingEventStore(store),
      append: (filter, position, events, options) => {
        conflicts -= 1;
        if (conflicts >= 0) return Promise.reject(new ConcurrencyConflictError());
        return store.append(filter, position, events, options);
      },
    };
    const retries = { ...defaultRetrySettings, baseDelayMs: 0 };
    const keeper = new SnapshotKeeper({ store: beaten });
    const kept = snapshots ? { snapshots: { keeper, policy: everyEvents(1) } } : {};
    const handler = named('RegisterReader', runnableOn(beaten, { retries, ...kept }));
    const { outcome, attempts } = await handler.execute(0, signal);
    assert.deepEqual([outcome, attempts, store.events.length], ['accepted', 3, 1]);
    await keeper.settled();

    conflicts = 1;
    const hasty = named(
      'RegisterReader',
      runnableOn(beaten, { retries: { ...retries, attempts: 1 }, ...kept }),
    );
    await assert.rejects(hasty.execute(1, signal), { code: 'concurrency_conflict' });
  });
}

for (const [wanted, meant] of [
  ['Nope', undefined],
  ['x', undefined],
  ['', undefined],
  ['In', undefined],
  ['BookInCirculation', 'BooksInCirculation'],
  ['REGISTERREADERS', 'RegisterReader'],
  ['LentBooks', 'BooksLentOut'],
  ['lendings', 'FinishedLendings'],
] as const) {
  test(`Whoever asks for "${wanted}" ${meant === undefined ? 'meant nothing that can be guessed' : `may have meant ${meant}`}`, () => {
    const names = EXAMPLE_HANDLERS.map(({ name }) => name);
    const { message, advice } = new UnknownHandlerError(wanted, names);
    assert.equal(/Did you mean "(.*)"/.exec(message)?.[1], meant);
    assert.match(advice ?? '', /^Choose one of: BooksInCirculation, /);
  });
}

test('A name that no handler has is answered with the nearest one and all there are', () => {
  const available = ['BooksLentOut', 'BooksInCirculation', 'RegisteredReaders'];
  const error = new UnknownHandlerError('booksincirculaton', available);
  assert.equal(error.code, 'unknown_handler');
  assert.equal(error.field, 'handler');
  assert.equal(error.message, 'There is no handler "booksincirculaton". Did you mean "BooksInCirculation"?');
  assert.equal(error.advice, 'Choose one of: BooksLentOut, BooksInCirculation, RegisteredReaders.');
});

test('Without any handler the answer does not guess one', () => {
  const error = new UnknownHandlerError('Anything', []);
  assert.equal(error.message, 'There is no handler "Anything".');
  assert.equal(error.advice, 'There are no handlers to choose from.');
});

type Given = Partial<Omit<ExampleHandlersOptions, 'store' | 'recorder' | 'clock'>>;

function runnableOn(store: EventStore, given: Given = {}): readonly RunnableHandler[] {
  const clock = new ManualClock();
  return exampleHandlers({
    store,
    recorder: createOperationRecorder(clock),
    clock,
    seed: 1,
    runId: 'run',
    ...given,
  });
}

async function livedIn(events: number): Promise<InMemoryEventStore> {
  const store = new InMemoryEventStore();
  const startAt = new Date('2025-01-02T09:00:00Z');
  const [batch = []] = libraryHistories({ events, seed: 3, startAt, batchSize: events });
  await store.append(buildEventFilter().matchingAnyEvent(), emptyPosition, batch);
  return store;
}

function named(name: string, handlers: readonly RunnableHandler[]): RunnableHandler {
  const handler = handlers.find((candidate) => candidate.name === name);
  assert.ok(handler);
  return handler;
}
