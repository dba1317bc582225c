import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import {
  buildEventFilter,
  type CompleteItem,
  type EmptyItem,
} from '../../server/eventstore/event-filter-builder.ts';
import { type Predicate, p } from '../../server/eventstore/predicate.ts';

interface ItemPlan {
  readonly types: readonly string[];
  readonly predicates: readonly Predicate[];
  readonly mode: 'any' | 'all';
}

// Few letters, many separators: names that could run into each other if they were only joined.
const name = fc.string({
  unit: fc.constantFrom('a', 'b', ',', '"', '=', ':', ' ', '[', ']', '\\'),
  minLength: 1,
  maxLength: 4,
});
const plan: fc.Arbitrary<ItemPlan> = fc
  .record({
    types: fc.uniqueArray(name, { maxLength: 3 }),
    predicates: fc.uniqueArray(fc.tuple(name, name), {
      maxLength: 3,
      selector: (pair) => JSON.stringify(pair),
    }),
    mode: fc.constantFrom('any', 'all'),
  })
  .filter(({ types, predicates }) => types.length + predicates.length > 0)
  .map(({ types, predicates, mode }) => ({ types, predicates: predicates.map(([k, v]) => p(k, v)), mode }));
const plans = fc.array(plan, { minLength: 1, maxLength: 3 });

describe('the hash of a filter', () => {
  it('is the same in whatever order and however often things were said', () => {
    fc.assert(
      fc.property(plans, fc.infiniteStream(fc.nat()), (items, random) => {
        const shuffled = shuffle([...items, ...items.slice(0, 1)], random).map((item) => ({
          ...item,
          types: shuffle([...item.types, ...item.types.slice(0, 1)], random),
          predicates: shuffle([...item.predicates, ...item.predicates.slice(0, 1)], random),
        }));
        assert.equal(build(shuffled).hash(), build(items).hash());
      }),
    );
  });

  it('differs whenever the sanitised items differ', () => {
    fc.assert(
      fc.property(plans, plans, (a, b) => {
        const [first, second] = [build(a), build(b)];
        const areEqual = JSON.stringify(first.items) === JSON.stringify(second.items);
        assert.equal(first.hash() === second.hash(), areEqual);
      }),
      { numRuns: 500 },
    );
  });

  it('follows the sequence bound and nothing else when a filter is reopened', () => {
    fc.assert(
      fc.property(plans, fc.maxSafeNat(), (items, number) => {
        const filter = build(items);
        const reopened = filter.reopenForSequenceFiltering().withSequenceNumberHigherThan(number);
        assert.deepEqual(reopened.items, filter.items);
        assert.equal(reopened.hash() === filter.hash(), number === 0);
      }),
    );
  });
});

function build(items: readonly ItemPlan[]): EventFilter {
  const [first, ...rest] = items;
  if (!first) return buildEventFilter().matchingAnyEvent();
  let complete = buildItem(buildEventFilter().matching(), first);
  for (const item of rest) complete = buildItem(complete.orMatching(), item);
  return complete.finalize();
}

function buildItem(open: EmptyItem<'open'>, { types, predicates, mode }: ItemPlan): CompleteItem<'open'> {
  const [type, ...moreTypes] = types;
  const [predicate, ...morePredicates] = predicates;
  if (type === undefined) {
    assert.ok(predicate);
    return mode === 'any'
      ? open.anyPredicateOf(predicate, ...morePredicates)
      : open.allPredicatesOf(predicate, ...morePredicates);
  }
  const typed = open.anyEventTypeOf(type, ...moreTypes);
  if (!predicate) return typed;
  return mode === 'any'
    ? typed.andAnyPredicateOf(predicate, ...morePredicates)
    : typed.andAllPredicatesOf(predicate, ...morePredicates);
}

/** Fisher–Yates with the given numbers, so that a failure can be shrunk and repeated. */
function shuffle<T>(values: readonly T[], random: fc.Stream<number>): T[] {
  const left = [...values];
  return values.flatMap(() => left.splice((random.next().value ?? 0) % left.length, 1));
}
