import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConcurrencyConflictError } from '../../server/eventstore/errors.ts';
import { commandHandler } from '../../server/handling/command-handler.ts';
import { KeptState } from '../../server/handling/folding/kept-state.ts';
import type { Handled, Handler } from '../../server/handling/handler.ts';
import { queryHandler } from '../../server/handling/query-handler.ts';
import { observed } from '../../server/handling/recording/observed.ts';
import type { OperationRecord } from '../../server/handling/recording/operation-record.ts';
import { createOperationRecorder } from '../../server/handling/recording/operation-recorder.ts';
import { systemClock } from '../../server/lib/clock.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { count, countOf } from './support/counter-example.ts';

test('Observing adds a record to the answer and changes nothing else', async () => {
  const store = new InMemoryEventStore();
  const recorder = createOperationRecorder(systemClock);
  const bare = queryHandler(countOf, { store, phases: recorder });
  const { record, ...answer } = await observed(bare, recorder).handle({ counter: 'a' }, { iteration: 7 });
  assert.deepEqual(answer, await bare.handle({ counter: 'a' }));
  const { handler, kind, iteration, outcome } = record;
  assert.deepEqual([handler, kind, iteration, outcome], ['CountOf', 'query', 7, 'answered']);
});

test('Observing throws a fault on unchanged and hands the failed record over', async () => {
  const failed: OperationRecord[] = [];
  const bare = commandHandler(count, { store: new InMemoryEventStore() });
  const handler = observed(bare, createOperationRecorder(systemClock), (record) => failed.push(record));
  await assert.rejects(handler.handle({ counter: 'a' }, { signal: AbortSignal.abort() }), {
    code: 'operation_canceled',
  });
  assert.deepEqual(
    failed.map(({ outcome, iteration }) => [outcome, iteration]),
    [['failed', 0]],
  );
});

test('Decorators of any kind stack on commands and queries alike, each removable without a trace', async () => {
  const store = new InMemoryEventStore();
  const recorder = createOperationRecorder(systemClock);
  const command = observed(remembering(repeating(commandHandler(count, { store })), 0), recorder);
  const query = observed(remembering(repeating(queryHandler(countOf, { store })), 0), recorder);
  for (let times = 0; times < 3; times += 1) await command.handle({ counter: 'a' });
  const rejected = await command.handle({ counter: 'a', upTo: 10 });
  assert.deepEqual([rejected.outcome, rejected.attempts, rejected.resumed], ['rejected', 1, true]);
  assert.equal((await query.handle({ counter: 'a' })).resumed, false);
  const { result, record } = await query.handle({ counter: 'a' });
  assert.deepEqual([result, record.outcome], ['a: 3', 'answered']);
  assert.equal((await queryHandler(countOf, { store }).handle({ counter: 'a' })).result, result);
});

/** Tries again after a conflict, as a retrying decorator would. */
function repeating<Input, Answer extends Handled, State>(
  handler: Handler<Input, Answer, State>,
): Handler<Input, Answer & { readonly attempts: number }, State> {
  const attempt: typeof decorated.handle = async (input, options) => {
    for (let attempts = 1; ; attempts += 1) {
      try {
        return { ...(await handler.handle(input, options)), attempts };
      } catch (fault) {
        if (!(fault instanceof ConcurrencyConflictError) || attempts === 3) throw fault;
      }
    }
  };
  const decorated: Handler<Input, Answer & { readonly attempts: number }, State> = {
    ...handler,
    handle: attempt,
  };
  return decorated;
}

/** Keeps the last state of each filter, as a snapshotting decorator would. */
function remembering<Input, Answer extends Handled, State>(
  handler: Handler<Input, Answer, State>,
  initialState: State,
): Handler<Input, Answer & { readonly resumed: boolean }, State> {
  const keptStates = new Map<string, KeptState<State>>();
  return {
    ...handler,
    async handle(input, options = {}) {
      const key = handler.filter(input).hash();
      const kept = keptStates.get(key) ?? KeptState.empty(initialState, (state) => state);
      const resumed = !kept.isEmpty;
      const answer = await handler.handle(input, {
        ...options,
        resumeFrom: { kept, maxTail: 100, isOld: false },
      });
      keptStates.set(key, kept);
      return { ...answer, resumed };
    },
  };
}
