import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConcurrencyConflictError, EventStoreUnavailableError } from '../../server/eventstore/errors.ts';
import type { EventStore, ReadOnlyEventStore } from '../../server/eventstore/event-store.ts';
import { caching } from '../../server/handling/caching/caching.ts';
import { type CommandAnswer, commandHandler } from '../../server/handling/command-handler.ts';
import type { Handler } from '../../server/handling/handler.ts';
import { type QueryAnswer, queryHandler } from '../../server/handling/query-handler.ts';
import { observed } from '../../server/handling/recording/observed.ts';
import { createOperationRecorder } from '../../server/handling/recording/operation-recorder.ts';
import { retrying } from '../../server/handling/retrying/retrying.ts';
import { AppendListeners, tellingAppends } from '../../server/handling/tell-appends.ts';
import { systemClock } from '../../server/lib/clock.ts';
import { createRandom } from '../../server/lib/random.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { type Counting, count, countOf, type Full } from '../unit/support/counter-example.ts';

interface Step {
  readonly does: 'count' | 'ask';
  readonly counter: string;
  readonly upTo: number;
}

const steps = fc.array(
  fc.record<Step>({
    does: fc.constantFrom('count', 'ask'),
    counter: fc.constantFrom('a', 'b'),
    upTo: fc.integer({ min: 1, max: 5 }),
  }),
  { minLength: 1, maxLength: 25 },
);

const decorators = ['observed', 'retrying', 'caching'] as const;
type Decorator = (typeof decorators)[number];

/** Any of the decorators in any order, innermost first; none of them, and one twice, too. */
const stack = fc.array(fc.constantFrom(...decorators), { maxLength: 4 });

test('With any decorators in any order, every step has the outcome that it has without', async () => {
  const property = fc.asyncProperty(steps, stack, stack, async (plan, forCommands, forQueries) => {
    const bare = await outcomesOf(plan, { forCommands: [], forQueries: [], faultRate: 0 });
    assert.deepEqual(await outcomesOf(plan, { forCommands, forQueries, faultRate: 0 }), bare);
  });
  await fc.assert(property, { numRuns: 300 });
});

test('Where faults come and go, retrying anywhere among other decorators leaves no trace of them', async () => {
  const withRetrying = stack.map((others): Decorator[] => ['retrying', ...others]);
  const property = fc.asyncProperty(
    steps,
    withRetrying,
    withRetrying,
    async (plan, forCommands, forQueries) => {
      const bare = await outcomesOf(plan, { forCommands: [], forQueries: [], faultRate: 0 });
      assert.deepEqual(await outcomesOf(plan, { forCommands, forQueries, faultRate: 0.3 }), bare);
    },
  );
  await fc.assert(property, { numRuns: 300 });
});

interface Wrapping {
  readonly forCommands: readonly Decorator[];
  readonly forQueries: readonly Decorator[];
  /** Of reads and appends. */
  readonly faultRate: number;
}

async function outcomesOf(plan: readonly Step[], { forCommands, forQueries, faultRate }: Wrapping) {
  const listeners = new AppendListeners();
  const store = tellingAppends(failingAtTimes(new InMemoryEventStore(), faultRate), listeners);
  const recorder = createOperationRecorder(systemClock);
  const atOnce = {
    recorder,
    random: createRandom(1),
    sleep: async () => undefined,
    settings: { attempts: 50 },
  };
  let command: Handler<Counting & { readonly upTo?: number }, CommandAnswer<Full>, number> = commandHandler(
    count,
    { store, phases: recorder },
  );
  for (const name of forCommands) {
    if (name === 'observed') command = observed(command, recorder);
    if (name === 'retrying') command = retrying(command, atOnce);
  }
  let query: Handler<Counting, QueryAnswer<string>, number> = queryHandler(
    { ...countOf, reading: 'at-once' },
    { store, phases: recorder },
  );
  for (const name of forQueries) {
    if (name === 'observed') query = observed(query, recorder);
    if (name === 'retrying') query = retrying(query, atOnce);
    if (name === 'caching') query = caching(query, { appends: listeners, recorder });
  }
  const outcomes: string[] = [];
  for (const { does, counter, upTo } of plan) {
    const answer =
      does === 'count' ? await command.handle({ counter, upTo }) : await query.handle({ counter });
    outcomes.push(answer.outcome === 'answered' ? answer.result : answer.outcome);
  }
  return outcomes;
}

/** A store whose reads find no server and whose appends meet a conflict, now and then. */
function failingAtTimes(store: EventStore, rate: number): EventStore {
  const random = createRandom(7);
  const query: ReadOnlyEventStore['query'] = async (filter, options) => {
    if (!random.chance(rate)) return store.query(filter, options);
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    throw new EventStoreUnavailableError('The event store’s database failed.', { cause });
  };
  const append: EventStore['append'] = async (filter, position, events, options) => {
    if (random.chance(rate)) throw new ConcurrencyConflictError();
    return store.append(filter, position, events, options);
  };
  return {
    query,
    append,
    replay: (...parameters) => store.replay(...parameters),
    loadSnapshot: (...parameters) => store.loadSnapshot(...parameters),
    saveSnapshot: (...parameters) => store.saveSnapshot(...parameters),
    deleteSnapshot: (...parameters) => store.deleteSnapshot(...parameters),
    close: () => store.close(),
  };
}
