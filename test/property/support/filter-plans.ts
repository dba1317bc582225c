import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EventFilter } from '../../../server/eventstore/event-filter.ts';
import {
  buildEventFilter,
  type CompleteItem,
  type EmptyItem,
} from '../../../server/eventstore/event-filter-builder.ts';
import { type Predicate, p } from '../../../server/eventstore/predicate.ts';

/** What a filter shall say, before any builder has tidied it. */
export interface FilterPlan {
  readonly items: readonly ItemPlan[];
  readonly bounds: BoundsPlan;
}

export interface ItemPlan {
  readonly types: readonly string[];
  readonly predicates: readonly Predicate[];
  readonly mode: 'any' | 'all';
}

export type BoundsPlan =
  | { readonly kind: 'none' }
  | { readonly kind: 'time'; readonly from?: Date | undefined; readonly until?: Date | undefined }
  | { readonly kind: 'number'; readonly after: number };

/** Names that could run into each other if they were only joined, or be taken for something else. */
export const hostileName: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.string({ unit: fc.constantFrom(...'ab,"\'=:;|/[]{}\\ \n\t'), minLength: 1, maxLength: 4 }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('0', '1', '-1', '1e0', '1.0', 'null', 'true', 'any', 'all', '[]', '\\u0061'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('ä', 'a\u0308', 'Ä', 'ﬁ', 'fi', '😀', '\u2028', '\ufeff', '\u200b', '書'),
  },
  { weight: 1, arbitrary: fc.constantFrom("'; DROP TABLE events; --", '__proto__', 'toJSON', '$1', '%s') },
);

export const itemPlan: fc.Arbitrary<ItemPlan> = fc
  .record({
    types: fc.uniqueArray(hostileName, { maxLength: 3 }),
    predicates: fc.array(
      fc.tuple(hostileName, hostileName).map(([key, value]) => p(key, value)),
      { maxLength: 3 },
    ),
    mode: fc.constantFrom('any', 'all'),
  })
  .filter(({ types, predicates }) => types.length + predicates.length > 0);

const moment = fc.integer({ min: 0, max: 5 }).map((n) => new Date(1_755_000_000_000 + n));

export const boundsPlan: fc.Arbitrary<BoundsPlan> = fc.oneof(
  fc.record({ kind: fc.constant('none' as const) }),
  fc
    .record({
      kind: fc.constant('time' as const),
      from: fc.option(moment, { nil: undefined }),
      until: fc.option(moment, { nil: undefined }),
    })
    .filter(({ from, until }) => !from || !until || from <= until),
  fc.record({ kind: fc.constant('number' as const), after: fc.oneof(fc.nat(3), fc.maxSafeNat()) }),
);

export const filterPlan: fc.Arbitrary<FilterPlan> = fc.record({
  items: fc.array(itemPlan, { maxLength: 3 }),
  bounds: boundsPlan,
});

/** Says it in the order in which it is planned; a number comes before the items when it is asked to. */
export function build({ items, bounds }: FilterPlan, numberFirst = false): EventFilter {
  const [first, ...rest] = items;
  if (!first) return buildBoundsAlone(bounds);
  if (numberFirst && bounds.kind === 'number') {
    const start = buildEventFilter().withSequenceNumberHigherThan(bounds.after);
    let complete = buildItem(start.matching(), first);
    for (const item of rest) complete = buildItem(complete.orMatching(), item);
    return complete.finalize();
  }
  let complete = buildItem(buildEventFilter().matching(), first);
  for (const item of rest) complete = buildItem(complete.orMatching(), item);
  return withBounds(complete, bounds);
}

type TimeBoundable = Pick<CompleteItem<'open'>, 'occurredFrom' | 'occurredUntil'>;

function withBounds(complete: CompleteItem<'open'>, bounds: BoundsPlan): EventFilter {
  if (bounds.kind === 'number') return complete.withSequenceNumberHigherThan(bounds.after).finalize();
  return timeBound(complete, bounds) ?? complete.finalize();
}

function buildBoundsAlone(bounds: BoundsPlan): EventFilter {
  const start = buildEventFilter();
  if (bounds.kind === 'number') return start.withSequenceNumberHigherThan(bounds.after).finalize();
  return timeBound(start, bounds) ?? start.matchingAnyEvent();
}

function timeBound(state: TimeBoundable, bounds: BoundsPlan): EventFilter | undefined {
  if (bounds.kind !== 'time') return undefined;
  const { from, until } = bounds;
  if (from && until) return state.occurredFrom(from).andOccurredUntil(until).finalize();
  if (from) return state.occurredFrom(from).finalize();
  return until && state.occurredUntil(until).finalize();
}

function buildItem<B extends 'open' | 'sequence'>(open: EmptyItem<B>, item: ItemPlan): CompleteItem<B> {
  const [type, ...moreTypes] = item.types;
  const [predicate, ...morePredicates] = item.predicates;
  if (type === undefined) {
    assert.ok(predicate);
    return item.mode === 'any'
      ? open.anyPredicateOf(predicate, ...morePredicates)
      : open.allPredicatesOf(predicate, ...morePredicates);
  }
  const typed = open.anyEventTypeOf(type, ...moreTypes);
  if (!predicate) return typed;
  return item.mode === 'any'
    ? typed.andAnyPredicateOf(predicate, ...morePredicates)
    : typed.andAllPredicatesOf(predicate, ...morePredicates);
}
