import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ConcurrencyConflictError,
  EventStoreUnavailableError,
  OperationCanceledError,
  UnknownOutcomeError,
} from '../../server/eventstore/errors.ts';
import type { EventStore } from '../../server/eventstore/event-store.ts';
import { createOperationRecorder } from '../../server/handling/recording/operation-recorder.ts';
import { systemClock } from '../../server/lib/clock.ts';
import { createRandom } from '../../server/lib/random.ts';
import type { BookID, ReaderID } from '../../server/library/events.ts';
import type { LibraryAction } from '../../server/workload/simulation/library-action.ts';
import { LibraryDesk } from '../../server/workload/simulation/library-desk.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { VirtualPace } from './support/virtual-pace.ts';

const register: LibraryAction = { handler: 'RegisterReader', readerID: 'r' as ReaderID, name: 'A' };
const removeUnknown: LibraryAction = { handler: 'RemoveBookCopyFromCirculation', bookID: 'b' as BookID };

type Append = EventStore['append'];

/** A desk whose appends go as the test says. */
function deskWith(appending: (append: Append) => Append) {
  const inMemory = new InMemoryEventStore();
  const append = appending((...given) => inMemory.append(...given));
  const store = new Proxy(inMemory, {
    get(target, name) {
      if (name === 'append') return append;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const pace = new VirtualPace();
  const desk = new LibraryDesk({
    store,
    plainStore: inMemory,
    recorder: createOperationRecorder(systemClock),
    pace,
    correlationID: 'c',
    random: createRandom(1),
    retries: { attempts: 3, baseDelayMs: 0, maxDelayMs: 0 },
  });
  const faults: unknown[] = [];
  const serve = (action: LibraryAction, gone?: Error) =>
    pace.through(
      desk.serve(action, {
        signal: new AbortController().signal,
        lookups: new AbortController().signal,
        untilOpen: () => (gone === undefined ? Promise.resolve() : Promise.reject(gone)),
        onFault: (fault) => faults.push(fault),
      }),
    );
  return { serve, faults, pace };
}

const lostAfter = (append: Append): Append => {
  return async (...given) => {
    await append(...given);
    throw new UnknownOutcomeError();
  };
};
const lostBefore = (): Append => () => Promise.reject(new UnknownOutcomeError());

test('An append whose answer was lost is looked for: it is stored', async () => {
  const { serve, faults, pace } = deskWith(lostAfter);
  const { outcome, eventsAppended, code } = await serve(register);
  assert.deepEqual([outcome, eventsAppended, code], ['accepted', 1, 'unknown_outcome']);
  // Time for a server that still executes what it was told.
  assert.equal(pace.clock.monotonicMicros(), 250_000);
  assert.equal(faults.length, 1);
});

test('A refusal whose answer was lost is found, though its event is not in the boundary of the command', async () => {
  const { serve } = deskWith(lostAfter);
  const { outcome, eventsAppended } = await serve(removeUnknown);
  assert.deepEqual([outcome, eventsAppended], ['rejected', 1]);
});

test('An append that was lost on the way is looked for: it is not stored, and the command has failed', async () => {
  const { serve } = deskWith(lostBefore);
  const { outcome, eventsAppended } = await serve(register);
  assert.deepEqual([outcome, eventsAppended], ['failed', 0]);
});

test('What nobody can look for is of unknown outcome', async () => {
  const { serve } = deskWith(lostAfter);
  const { outcome } = await serve(register, new EventStoreUnavailableError('It is gone.'));
  assert.equal(outcome, 'unknown');
});

test('Conflicts are tried again and counted; without end they are a failure under their own name', async () => {
  let left = 2;
  const twice = deskWith((append) => async (...given) => {
    left -= 1;
    if (left >= 0) throw new ConcurrencyConflictError();
    return await append(...given);
  });
  const { outcome, retries } = await twice.serve(register);
  assert.deepEqual([outcome, retries], ['accepted', 2]);
  const always = deskWith(() => () => Promise.reject(new ConcurrencyConflictError()));
  const failed = await always.serve(register);
  assert.deepEqual([failed.outcome, failed.code, failed.retries], ['failed', 'concurrency_conflict', 2]);
});

test('What was cancelled is no failure', async () => {
  const { serve } = deskWith(() => () => Promise.reject(new OperationCanceledError()));
  const { outcome, code } = await serve(register);
  assert.deepEqual([outcome, code], ['cancelled', 'operation_canceled']);
});

test('A fault of the program is a failure that is told, not the end of the simulation', async () => {
  const bug = new TypeError('a bug');
  const { serve, faults } = deskWith(() => () => Promise.reject(bug));
  const { outcome, code, fault } = await serve(register);
  assert.deepEqual([outcome, code], ['failed', 'internal']);
  assert.deepEqual([fault, faults], [bug, [bug]]);
});
