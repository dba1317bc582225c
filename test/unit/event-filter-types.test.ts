import assert from 'node:assert/strict';
import { it } from 'node:test';
import type {
  CompleteItem,
  EmptyFilter,
  EmptyItem,
  FilterWithStart,
  Finalizable,
  ItemWithPredicates,
  ItemWithTypes,
  SequenceBoundFilter,
} from '../../server/eventstore/event-filter-builder.ts';

type Methods<T, M extends string> = [keyof T] extends [M] ? ([M] extends [keyof T] ? true : false) : false;
type Boundable =
  | 'orMatching'
  | 'occurredFrom'
  | 'occurredUntil'
  | 'withSequenceNumberHigherThan'
  | 'finalize';

// Each state of the builder offers exactly these methods: the compiler checks it, and the test only shows that it ran.
const states: readonly true[] = [
  true satisfies Methods<
    EmptyFilter,
    'matching' | 'matchingAnyEvent' | 'occurredFrom' | 'occurredUntil' | 'withSequenceNumberHigherThan'
  >,
  true satisfies Methods<EmptyItem<'open'>, 'anyEventTypeOf' | 'anyPredicateOf' | 'allPredicatesOf'>,
  true satisfies Methods<ItemWithTypes<'open'>, Boundable | 'andAnyPredicateOf' | 'andAllPredicatesOf'>,
  true satisfies Methods<ItemWithPredicates<'open'>, Boundable | 'andAnyEventTypeOf'>,
  true satisfies Methods<CompleteItem<'open'>, Boundable>,
  true satisfies Methods<FilterWithStart, 'andOccurredUntil' | 'finalize'>,
  true satisfies Methods<SequenceBoundFilter, 'matching' | 'finalize'>,
  true satisfies Methods<
    ItemWithTypes<'sequence'>,
    'orMatching' | 'andAnyPredicateOf' | 'andAllPredicatesOf' | 'finalize'
  >,
  true satisfies Methods<ItemWithPredicates<'sequence'>, 'orMatching' | 'andAnyEventTypeOf' | 'finalize'>,
  true satisfies Methods<CompleteItem<'sequence'>, 'orMatching' | 'finalize'>,
  true satisfies Methods<Finalizable, 'finalize'>,
];

/** Sentences that make no sense; never called, only compiled. */
function sentencesThatMustNotCompile(filter: EmptyFilter, day: Date): void {
  // @ts-expect-error a filter must say what it matches before it can be finished
  filter.finalize();
  // @ts-expect-error a list of types needs at least one
  filter.matching().anyEventTypeOf();
  // @ts-expect-error a list of predicates needs at least one
  filter.matching().anyPredicateOf();
  // @ts-expect-error an opened item needs a condition
  filter.matching().finalize();
  // @ts-expect-error the first condition of an item comes without "and"
  filter.matching().andAnyEventTypeOf('A');
  // @ts-expect-error types are given once for each item
  filter.matching().anyEventTypeOf('A').andAnyEventTypeOf('B');
  // @ts-expect-error predicates are given once for each item
  filter.matching().anyPredicateOf({ key: 'k', value: 'v' }).andAnyPredicateOf({ key: 'k', value: 'w' });
  // @ts-expect-error time bounds exclude a sequence bound
  filter.occurredFrom(day).withSequenceNumberHigherThan(1);
  // @ts-expect-error an end in time excludes a sequence bound
  filter.occurredUntil(day).withSequenceNumberHigherThan(1);
  // @ts-expect-error a sequence bound excludes time bounds
  filter.withSequenceNumberHigherThan(1).occurredFrom(day);
  // @ts-expect-error a sequence bound excludes time bounds on items that follow it
  filter.withSequenceNumberHigherThan(1).matching().anyEventTypeOf('A').occurredUntil(day);
  // @ts-expect-error there is one sequence bound
  filter.matching().anyEventTypeOf('A').withSequenceNumberHigherThan(1).withSequenceNumberHigherThan(2);
  // @ts-expect-error the end comes after the beginning
  filter.occurredUntil(day).andOccurredUntil(day);
  // @ts-expect-error any event cannot be narrowed by items
  filter.matchingAnyEvent().orMatching();
  // @ts-expect-error a predicate's value is text
  filter.matching().anyPredicateOf({ key: 'k', value: 1 });
}

it('offers in each state exactly the methods that make sense there', () => {
  assert.ok(states.every(Boolean));
  assert.equal(typeof sentencesThatMustNotCompile, 'function');
});
