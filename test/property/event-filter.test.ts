import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import { p } from '../../server/eventstore/predicate.ts';
import { build, type FilterPlan, filterPlan, hostileName, type ItemPlan } from './support/filter-plans.ts';

const random = fc.infiniteStream(fc.nat());

describe('the hash of a filter', () => {
  it('is the same in whatever order, however often and with whatever empty names things were said', () => {
    fc.assert(
      fc.property(filterPlan, random, fc.boolean(), (plan, numbers, numberFirst) => {
        const items = shuffle([...plan.items, ...plan.items.slice(0, 1)], numbers).map((item) =>
          said(item, numbers),
        );
        assert.equal(build({ ...plan, items }, numberFirst).hash(), build(plan).hash());
      }),
      { numRuns: 300 },
    );
  });

  it('differs whenever two filters that were made alike mean different events', () => {
    fc.assert(
      fc.property(filterPlan, filterPlan, (a, b) => assertHashTells(build(a), build(b))),
      { numRuns: 500 },
    );
  });

  it('differs after the smallest change, and is the same when the change means nothing', () => {
    const change = fc.record({ name: hostileName, at: fc.nat(20), kind: fc.nat(5) });
    fc.assert(
      fc.property(filterPlan, change, (plan, { name, at, kind }) => {
        const items = plan.items.map((item, index) =>
          index === at % plan.items.length ? changed(item, kind, name) : item,
        );
        assertHashTells(build(plan), build({ ...plan, items }));
      }),
      { numRuns: 1000 },
    );
  });

  it('follows the sequence bound and nothing else when a filter is reopened', () => {
    fc.assert(
      fc.property(filterPlan, fc.oneof(fc.nat(3), fc.maxSafeNat()), ({ items }, number) => {
        const filter = build({ items, bounds: { kind: 'none' } });
        const reopened = filter.reopenForSequenceFiltering().withSequenceNumberHigherThan(number);
        assert.deepEqual(reopened.items, filter.items);
        assert.equal(reopened.hash(), build({ items, bounds: { kind: 'number', after: number } }).hash());
        assert.equal(reopened.hash() === filter.hash(), number === 0);
      }),
    );
  });
});

describe('a sanitised filter', () => {
  it('is sorted, without duplicates and without empty names, and says what was planned', () => {
    fc.assert(
      fc.property(filterPlan, random, (plan, numbers) => {
        const { items } = build({ ...plan, items: plan.items.map((item) => said(item, numbers)) });
        for (const { eventTypes, predicates, predicateMode } of items) {
          assertSortedSet(eventTypes);
          const pairs = predicates.map(({ key, value }) => [key, value] as const);
          assert.deepEqual(pairs, sortedSet(pairs));
          assert.ok(![...eventTypes, ...pairs.flat()].includes(''));
          assert.ok(predicateMode === 'any' || predicates.length > 1);
        }
        const names = (all: readonly { predicates: ItemPlan['predicates'] }[]) =>
          new Set(
            all.flatMap(({ predicates }) => predicates.map(({ key, value }) => JSON.stringify([key, value]))),
          );
        assert.deepEqual(names(items), names(plan.items));
      }),
    );
  });

  it('builds itself again', () => {
    fc.assert(
      fc.property(filterPlan, (plan) => {
        const filter = build(plan);
        const items = filter.items.map((item) => ({
          types: item.eventTypes,
          predicates: item.predicates,
          mode: item.predicateMode,
        }));
        assert.deepEqual(build({ ...plan, items }).items, filter.items);
      }),
    );
  });
});

/** Equal content and equal hash come together or not at all. */
function assertHashTells(a: EventFilter, b: EventFilter): void {
  assert.equal(a.hash() === b.hash(), isDeepStrictEqual(contentOf(a), contentOf(b)));
}

function contentOf({ items, occurredFrom, occurredUntil, sequenceNumberHigherThan }: EventFilter): unknown {
  return { items, occurredFrom, occurredUntil, sequenceNumberHigherThan };
}

/** The same item in other words. */
function said({ types, predicates, mode }: ItemPlan, numbers: fc.Stream<number>): ItemPlan {
  const empty = predicates.length > 0 ? [p('', 'x'), p('x', ''), p('', '')] : [];
  return {
    mode,
    types: shuffle([...types, ...types.slice(0, 1), ...(types.length > 0 ? [''] : [])], numbers),
    predicates: shuffle([...predicates, ...predicates.slice(0, 1), ...empty], numbers),
  };
}

function changed(item: ItemPlan, kind: number, name: string): ItemPlan {
  const [first, ...others] = item.predicates;
  switch (kind) {
    case 0:
      return { ...item, types: [...item.types, name] };
    case 1:
      return { ...item, mode: item.mode === 'any' ? 'all' : 'any' };
    case 2:
      return first ? { ...item, predicates: [p(first.key + name, first.value), ...others] } : item;
    case 3:
      return first ? { ...item, predicates: [p(first.key, name + first.value), ...others] } : item;
    case 4:
      // The same text, cut elsewhere.
      return first ? { ...item, predicates: [cutElsewhere(first.key, first.value), ...others] } : item;
    default:
      return item.types.length > 1 ? { ...item, types: [item.types.join(name)] } : item;
  }
}

function cutElsewhere(key: string, value: string): FilterPlan['items'][number]['predicates'][number] {
  const letters = [...key, ...value];
  return p(letters.slice(0, 1).join(''), letters.slice(1).join(''));
}

function assertSortedSet(names: readonly string[]): void {
  assert.deepEqual(names, [...new Set(names)].sort());
}

function sortedSet(pairs: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  const distinct = new Map(pairs.map((pair) => [JSON.stringify(pair), pair]));
  return [...distinct.values()].sort(([a, x], [b, y]) => order(a, b) || order(x, y));
}

function order(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}

/** Fisher–Yates with the given numbers, so that a failure can be shrunk and repeated. */
function shuffle<T>(values: readonly T[], numbers: fc.Stream<number>): T[] {
  const left = [...values];
  return values.flatMap(() => left.splice((numbers.next().value ?? 0) % left.length, 1));
}
