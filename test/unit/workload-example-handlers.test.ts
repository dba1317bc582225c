import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOperationRecorder } from '../../server/handling/operation-recorder.ts';
import { EXAMPLE_HANDLERS, exampleHandlers } from '../../server/workload/example-handlers.ts';
import type { RunnableHandler } from '../../server/workload/runnable-handler.ts';
import { UnknownHandlerError } from '../../server/workload/unknown-handler-error.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { ManualClock } from './support/manual-clock.ts';

const { signal } = new AbortController();

test('The list for pickers names exactly the handlers that can be run', () => {
  const runnable = runnableOn(new InMemoryEventStore()).map(({ execute: _, ...facts }) => facts);
  assert.deepEqual(EXAMPLE_HANDLERS, runnable);
  assert.deepEqual(
    EXAMPLE_HANDLERS.map(({ name }) => name),
    ['BooksInCirculation', 'AddBookCopyToCirculation'],
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

function runnableOn(store: InMemoryEventStore, { seed = 1, runId = 'run' } = {}): readonly RunnableHandler[] {
  const clock = new ManualClock();
  return exampleHandlers({ store, recorder: createOperationRecorder(clock), clock, seed, runId });
}

function named(name: string, handlers: readonly RunnableHandler[]): RunnableHandler {
  const handler = handlers.find((candidate) => candidate.name === name);
  assert.ok(handler);
  return handler;
}
