import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { p } from '../../server/eventstore/predicate.ts';
import { compositeQueryHandler } from '../../server/handling/snapshots/composite-query.ts';
import { compositeSnapshot } from '../../server/handling/snapshots/composite-snapshot.ts';
import { everyEvents } from '../../server/handling/snapshots/save-policy.ts';
import { SnapshotKeeper } from '../../server/handling/snapshots/snapshot-keeper.ts';
import { snapshotting } from '../../server/handling/snapshots/snapshotting.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { history } from './support/history-projection.ts';

/** What the two parts are about: one topic, or any event. */
interface Query {
  readonly left: string;
  readonly right: string;
}

type Step =
  | { readonly do: 'append'; readonly topic: string }
  | { readonly do: 'forget' }
  | (Query & { readonly do: 'query' });

const topicOf = fc.constantFrom('a', 'b', 'c');
const topicOrAny = fc.constantFrom('*', 'a', 'b');
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('append'), topic: topicOf }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget') }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('query'), left: topicOrAny, right: topicOrAny }) },
);

test('Whatever its parts are asked for, a composite query with snapshots answers as without', async () => {
  const seen = { warm: 0, stored: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 10, maxLength: 40 }), async (steps) => {
      const store = new InMemoryEventStore();
      for (const topic of ['a', 'b', 'a']) store.store('Happened', { Topic: topic });
      const { plain, kept, keeper } = composite(store);
      for (const step of steps) {
        if (step.do === 'append') store.store('Happened', { Topic: step.topic });
        await keeper.settled();
        if (step.do === 'forget') keeper.forget();
        if (step.do !== 'query') continue;
        assert.deepEqual((await kept.handle(step)).result, (await plain.handle(step)).result);
      }
      await keeper.settled();
      seen.warm += keeper.figures().handlers['Both']?.warm ?? 0;
      seen.stored += keeper.figures().handlers['Both']?.stored ?? 0;
    }),
  );
  assert.ok(seen.warm > 100 && seen.stored > 20, JSON.stringify(seen));
});

function composite(store: InMemoryEventStore) {
  const partOf = (part: 'left' | 'right') => ({
    ...history,
    filter: (query: Query) => about(query[part]),
  });
  const parts = { left: partOf('left'), right: partOf('right') };
  const plain = compositeQueryHandler<Query, number, { left: number[]; right: number[] }, object>(
    { name: 'Both', reading: 'in-batches', parts, answer: (states) => structuredClone(states) },
    { store },
  );
  const keeper = new SnapshotKeeper({ store });
  const kept = snapshotting(plain, compositeSnapshot(parts), keeper, { policy: everyEvents(1) });
  return { plain, kept, keeper };
}

function about(topic: string) {
  if (topic === '*') return buildEventFilter().matchingAnyEvent();
  return buildEventFilter().matching().anyPredicateOf(p('Topic', topic)).finalize();
}
