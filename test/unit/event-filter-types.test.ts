import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventFilter, type ReopenedFilter } from '../../server/eventstore/event-filter.ts';
import {
  type AtLeastOne,
  buildEventFilter,
  type CompleteItem,
  type EmptyFilter,
  type EmptyItem,
  type FilterWithStart,
  type Finalizable,
  type ItemWithPredicates,
  type ItemWithTypes,
  type SequenceBoundFilter,
} from '../../server/eventstore/event-filter-builder.ts';
import { type Predicate, p } from '../../server/eventstore/predicate.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** The methods of a state, each with the state that it leads to. */
type Steps<S> = { [M in keyof S]: S[M] extends (...input: never) => infer Next ? Next : never };
type Both<A, B> = { [M in keyof (A & B)]: (A & B)[M] };
type Input<S, M extends keyof S> = S[M] extends (...input: infer I) => unknown ? I : never;

const day = new Date('2025-08-18T08:00:00.000Z');
const book = p('BookID', 'b1');
const start = () => buildEventFilter();
const numbered = () => start().withSequenceNumberHigherThan(1);

/** What follows on an item that is complete, as long as there is no bound. */
interface AfterOpenItem {
  orMatching: EmptyItem<'open'>;
  occurredFrom: FilterWithStart;
  occurredUntil: Finalizable;
  withSequenceNumberHigherThan: Finalizable;
  finalize: EventFilter;
}
interface AfterNumberedItem {
  orMatching: EmptyItem<'sequence'>;
  finalize: EventFilter;
}

/** `exact` compiles only if the state offers these steps and no other one; the names are looked for at run time. */
interface State {
  readonly title: string;
  readonly state: object;
  readonly exact: true;
  readonly steps: readonly string[];
}
const afterItem = ['orMatching', 'occurredFrom', 'occurredUntil', 'withSequenceNumberHigherThan', 'finalize'];

const states: readonly State[] = [
  {
    title: 'nothing said yet',
    state: start() satisfies EmptyFilter,
    exact: true satisfies Equal<
      Steps<EmptyFilter>,
      {
        matching: EmptyItem<'open'>;
        matchingAnyEvent: EventFilter;
        withSequenceNumberHigherThan: SequenceBoundFilter;
        occurredFrom: FilterWithStart;
        occurredUntil: Finalizable;
      }
    >,
    steps: ['matching', 'matchingAnyEvent', 'withSequenceNumberHigherThan', 'occurredFrom', 'occurredUntil'],
  },
  {
    title: 'a number before any item',
    state: numbered() satisfies SequenceBoundFilter,
    exact: true satisfies Equal<
      Steps<SequenceBoundFilter>,
      { matching: EmptyItem<'sequence'>; finalize: EventFilter }
    >,
    steps: ['matching', 'finalize'],
  },
  {
    title: 'an item that was opened',
    state: start().matching() satisfies EmptyItem<'open'>,
    exact: true satisfies Equal<
      Steps<EmptyItem<'open'>>,
      {
        anyEventTypeOf: ItemWithTypes<'open'>;
        anyPredicateOf: ItemWithPredicates<'open'>;
        allPredicatesOf: ItemWithPredicates<'open'>;
      }
    >,
    steps: ['anyEventTypeOf', 'anyPredicateOf', 'allPredicatesOf'],
  },
  {
    title: 'an item that was opened after a number',
    state: numbered().matching() satisfies EmptyItem<'sequence'>,
    exact: true satisfies Equal<
      Steps<EmptyItem<'sequence'>>,
      {
        anyEventTypeOf: ItemWithTypes<'sequence'>;
        anyPredicateOf: ItemWithPredicates<'sequence'>;
        allPredicatesOf: ItemWithPredicates<'sequence'>;
      }
    >,
    steps: ['anyEventTypeOf', 'anyPredicateOf', 'allPredicatesOf'],
  },
  {
    title: 'an item with types',
    state: start().matching().anyEventTypeOf('A') satisfies ItemWithTypes<'open'>,
    exact: true satisfies Equal<
      Steps<ItemWithTypes<'open'>>,
      Both<
        AfterOpenItem,
        { andAnyPredicateOf: CompleteItem<'open'>; andAllPredicatesOf: CompleteItem<'open'> }
      >
    >,
    steps: [...afterItem, 'andAnyPredicateOf', 'andAllPredicatesOf'],
  },
  {
    title: 'an item with types after a number',
    state: numbered().matching().anyEventTypeOf('A') satisfies ItemWithTypes<'sequence'>,
    exact: true satisfies Equal<
      Steps<ItemWithTypes<'sequence'>>,
      Both<
        AfterNumberedItem,
        {
          andAnyPredicateOf: CompleteItem<'sequence'>;
          andAllPredicatesOf: CompleteItem<'sequence'>;
        }
      >
    >,
    steps: ['orMatching', 'finalize', 'andAnyPredicateOf', 'andAllPredicatesOf'],
  },
  {
    title: 'an item with predicates',
    state: start().matching().anyPredicateOf(book) satisfies ItemWithPredicates<'open'>,
    exact: true satisfies Equal<
      Steps<ItemWithPredicates<'open'>>,
      Both<AfterOpenItem, { andAnyEventTypeOf: CompleteItem<'open'> }>
    >,
    steps: [...afterItem, 'andAnyEventTypeOf'],
  },
  {
    title: 'an item with predicates after a number',
    state: numbered().matching().allPredicatesOf(book) satisfies ItemWithPredicates<'sequence'>,
    exact: true satisfies Equal<
      Steps<ItemWithPredicates<'sequence'>>,
      Both<AfterNumberedItem, { andAnyEventTypeOf: CompleteItem<'sequence'> }>
    >,
    steps: ['orMatching', 'finalize', 'andAnyEventTypeOf'],
  },
  {
    title: 'an item with types and predicates',
    state: start().matching().anyEventTypeOf('A').andAnyPredicateOf(book) satisfies CompleteItem<'open'>,
    exact: true satisfies Equal<Steps<CompleteItem<'open'>>, AfterOpenItem>,
    steps: afterItem,
  },
  {
    title: 'an item with types and predicates after a number',
    state: numbered()
      .matching()
      .anyPredicateOf(book)
      .andAnyEventTypeOf('A') satisfies CompleteItem<'sequence'>,
    exact: true satisfies Equal<Steps<CompleteItem<'sequence'>>, AfterNumberedItem>,
    steps: ['orMatching', 'finalize'],
  },
  {
    title: 'a beginning in time',
    state: start().occurredFrom(day) satisfies FilterWithStart,
    exact: true satisfies Equal<
      Steps<FilterWithStart>,
      { andOccurredUntil: Finalizable; finalize: EventFilter }
    >,
    steps: ['andOccurredUntil', 'finalize'],
  },
  {
    title: 'the end of a sentence',
    state: start().matching().anyEventTypeOf('A').withSequenceNumberHigherThan(1) satisfies Finalizable,
    exact: true satisfies Equal<Steps<Finalizable>, { finalize: EventFilter }>,
    steps: ['finalize'],
  },
  {
    title: 'a finished filter that was reopened',
    state: start().matchingAnyEvent().reopenForSequenceFiltering() satisfies ReopenedFilter,
    exact: true satisfies Equal<Steps<ReopenedFilter>, { withSequenceNumberHigherThan: EventFilter }>,
    steps: ['withSequenceNumberHigherThan'],
  },
];

/** What the steps take; the compiler checks it. */
const inputs: readonly true[] = [
  true satisfies Equal<Input<EmptyItem<'open'>, 'anyEventTypeOf'>, [...AtLeastOne<string>]>,
  true satisfies Equal<Input<EmptyItem<'open'>, 'anyPredicateOf'>, [...AtLeastOne<Predicate>]>,
  true satisfies Equal<Input<EmptyItem<'sequence'>, 'allPredicatesOf'>, [...AtLeastOne<Predicate>]>,
  true satisfies Equal<Input<ItemWithTypes<'open'>, 'andAllPredicatesOf'>, [...AtLeastOne<Predicate>]>,
  true satisfies Equal<Input<ItemWithPredicates<'open'>, 'andAnyEventTypeOf'>, [...AtLeastOne<string>]>,
  true satisfies Equal<Input<EmptyFilter, 'occurredFrom'>, [date: Date]>,
  true satisfies Equal<Input<FilterWithStart, 'andOccurredUntil'>, [date: Date]>,
  true satisfies Equal<Input<EmptyFilter, 'withSequenceNumberHigherThan'>, [sequenceNumber: number]>,
];

/** Sentences that make no sense; never called, only compiled. */
function sentencesThatMustNotCompile(filter: EmptyFilter): void {
  // @ts-expect-error a filter must say what it matches before it can be finished
  filter.finalize();
  // @ts-expect-error a list of types needs at least one
  filter.matching().anyEventTypeOf();
  // @ts-expect-error a list of predicates needs at least one
  filter.matching().anyPredicateOf();
  // @ts-expect-error a list of predicates that must all hold needs at least one
  filter.matching().allPredicatesOf();
  // @ts-expect-error a second list needs at least one as well
  filter.matching().anyEventTypeOf('A').andAllPredicatesOf();
  // @ts-expect-error an opened item needs a condition
  filter.matching().finalize();
  // @ts-expect-error an opened item needs a condition before another one
  filter.matching().orMatching();
  // @ts-expect-error an opened item needs a condition before a bound
  filter.matching().occurredFrom(day);
  // @ts-expect-error a second item needs a condition, too
  filter.matching().anyEventTypeOf('A').orMatching().finalize();
  // @ts-expect-error the first condition of an item comes without "and"
  filter.matching().andAnyEventTypeOf('A');
  // @ts-expect-error the second condition of an item comes with "and"
  filter.matching().anyEventTypeOf('A').anyPredicateOf(book);
  // @ts-expect-error types are given once for each item
  filter.matching().anyEventTypeOf('A').andAnyEventTypeOf('B');
  // @ts-expect-error predicates are given once for each item
  filter.matching().anyPredicateOf(book).andAnyPredicateOf(book);
  // @ts-expect-error types are given once, also after predicates
  filter.matching().anyPredicateOf(book).andAnyEventTypeOf('A').andAnyEventTypeOf('B');
  // @ts-expect-error items come before time bounds
  filter.occurredFrom(day).matching();
  // @ts-expect-error time bounds exclude a sequence bound
  filter.occurredFrom(day).withSequenceNumberHigherThan(1);
  // @ts-expect-error time bounds exclude a sequence bound, also after an end
  filter.occurredFrom(day).andOccurredUntil(day).withSequenceNumberHigherThan(1);
  // @ts-expect-error an end in time excludes a sequence bound
  filter.occurredUntil(day).withSequenceNumberHigherThan(1);
  // @ts-expect-error time bounds after an item exclude a sequence bound
  filter.matching().anyEventTypeOf('A').occurredFrom(day).withSequenceNumberHigherThan(1);
  // @ts-expect-error a sequence bound excludes time bounds
  filter.withSequenceNumberHigherThan(1).occurredFrom(day);
  // @ts-expect-error a sequence bound after an item excludes time bounds
  filter.matching().anyEventTypeOf('A').withSequenceNumberHigherThan(1).occurredUntil(day);
  // @ts-expect-error a sequence bound excludes time bounds on items that follow it
  filter.withSequenceNumberHigherThan(1).matching().anyEventTypeOf('A').occurredUntil(day);
  // @ts-expect-error there is one sequence bound
  filter.withSequenceNumberHigherThan(1).withSequenceNumberHigherThan(2);
  // @ts-expect-error there is one sequence bound after an item, too
  filter.matching().anyEventTypeOf('A').withSequenceNumberHigherThan(1).withSequenceNumberHigherThan(2);
  // @ts-expect-error an item after a sequence bound gets no second one
  filter.withSequenceNumberHigherThan(1).matching().anyPredicateOf(book).withSequenceNumberHigherThan(2);
  // @ts-expect-error the end comes after the beginning
  filter.occurredUntil(day).andOccurredUntil(day);
  // @ts-expect-error there is one beginning
  filter.occurredFrom(day).occurredFrom(day);
  // @ts-expect-error any event cannot be narrowed by items
  filter.matchingAnyEvent().orMatching();
  // @ts-expect-error a number before any item still needs an item, or none at all
  filter.withSequenceNumberHigherThan(1).matchingAnyEvent();
  // @ts-expect-error a predicate's value is text
  filter.matching().anyPredicateOf({ key: 'k', value: 1 });
  // @ts-expect-error a sequence bound is a number
  filter.withSequenceNumberHigherThan('1');
  // @ts-expect-error a time bound is a Date
  filter.occurredFrom('2025-08-18');
  // @ts-expect-error a finished filter is not changed
  filter.matchingAnyEvent().items = [];
  // @ts-expect-error nor are its items
  filter.matchingAnyEvent().items.pop();
}

describe('what each state of the builder allows', () => {
  for (const { title, state, exact, steps } of states) {
    it(`${title}: ${steps.join(', ')}`, () => {
      assert.ok(exact);
      for (const step of steps) assert.equal(typeof Reflect.get(state, step), 'function', step);
      if ('finalize' in state && steps.includes('finalize')) {
        assert.ok((state as Finalizable).finalize() instanceof EventFilter);
      }
    });
  }

  it('takes at least one of each list, Dates and numbers', () => assert.ok(inputs.every(Boolean)));

  it('lets sentences that make no sense not compile', () => {
    assert.equal(typeof sentencesThatMustNotCompile, 'function');
  });
});
