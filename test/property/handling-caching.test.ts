import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConcurrencyConflictError } from '../../server/eventstore/errors.ts';
import type { EventStore } from '../../server/eventstore/event-store.ts';
import { type CachingOptions, caching } from '../../server/handling/caching/caching.ts';
import { commandHandler } from '../../server/handling/command-handler.ts';
import { queryHandler } from '../../server/handling/query-handler.ts';
import { AppendListeners, tellingAppends } from '../../server/handling/tell-appends.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { count, countOf } from '../unit/support/counter-example.ts';
import { ManualClock } from '../unit/support/manual-clock.ts';

const counters = ['a', 'b'] as const;

interface Step {
  readonly does: 'count' | 'ask';
  readonly counter: (typeof counters)[number];
  /** Whether the next step begins only when this one is over. */
  readonly isAwaited: boolean;
}

const steps = fc.array(
  fc.record<Step>({
    does: fc.constantFrom('count', 'ask', 'ask'),
    counter: fc.constantFrom(...counters),
    isAwaited: fc.boolean(),
  }),
  { minLength: 3, maxLength: 20 },
);

test('No answer is older than an append that had finished before the query began, in whatever order things happen', async () => {
  let answersFromCache = 0;
  const property = fc.asyncProperty(fc.scheduler(), steps, async (scheduler, plan) => {
    const listeners = new AppendListeners();
    const store = tellingAppends(slowStore(new InMemoryEventStore(), scheduler), listeners);
    // The clock stands still: nothing but an append can end an answer.
    const options: CachingOptions = { appends: listeners, clock: new ManualClock() };
    const counting = commandHandler(count, { store });
    const asking = caching(queryHandler({ ...countOf, reading: 'at-once' }, { store }), options);
    const finished = { a: 0, b: 0 };
    const begun = { a: 0, b: 0 };
    async function take({ does, counter }: Step): Promise<void> {
      if (does === 'count') {
        begun[counter] += 1;
        const { outcome } = await counting.handle({ counter, upTo: 1_000 }).catch(asLost);
        if (outcome === 'accepted') finished[counter] += 1;
        return;
      }
      const least = finished[counter];
      const { result, cache } = await asking.handle({ counter });
      const counted = Number(result.slice(3));
      if (cache.use !== 'miss') answersFromCache += 1;
      assert.ok(counted >= least, `${counted} were told where ${least} had been counted (${cache.use})`);
      assert.ok(counted <= begun[counter]);
    }
    await scheduler.waitFor(runAll(plan, take));
  });
  await fc.assert(property, { numRuns: 500 });
  assert.ok(answersFromCache > 200, `only ${answersFromCache} answers came from the cache`);
});

/** A conflict stored nothing; any other fault is one of the test. */
function asLost(fault: unknown) {
  if (fault instanceof ConcurrencyConflictError) return { outcome: 'lost' };
  throw fault;
}

async function runAll(plan: readonly Step[], take: (step: Step) => Promise<void>): Promise<void> {
  const all: Promise<void>[] = [];
  for (const step of plan) {
    const taken = take(step);
    all.push(taken);
    // Its fault is everybody's at the end; until then it must not count as unhandled.
    const settled = Promise.allSettled([taken]);
    if (step.isAwaited) await settled;
  }
  await Promise.all(all);
}

/** Reads and appends that take time on both sides of the moment in which they happen, as over a network. */
function slowStore(store: EventStore, scheduler: fc.Scheduler): EventStore {
  async function slowly<T>(what: string, happen: () => Promise<T>): Promise<T> {
    await scheduler.schedule(Promise.resolve(), `${what} arrives`);
    const settled = await Promise.allSettled([happen()]);
    await scheduler.schedule(Promise.resolve(), `${what} is answered`);
    if (settled[0].status === 'rejected') throw settled[0].reason;
    return settled[0].value;
  }
  return {
    query: (...parameters) => slowly('query', () => store.query(...parameters)),
    append: (...parameters) => slowly('append', () => store.append(...parameters)),
    replay: (...parameters) => store.replay(...parameters),
    loadSnapshot: (...parameters) => store.loadSnapshot(...parameters),
    saveSnapshot: (...parameters) => store.saveSnapshot(...parameters),
    deleteSnapshot: (...parameters) => store.deleteSnapshot(...parameters),
    close: () => store.close(),
  };
}
