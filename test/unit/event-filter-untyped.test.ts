import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvalidFilterError } from '../../server/eventstore/errors.ts';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { p } from '../../server/eventstore/predicate.ts';

const monday = new Date('2025-08-18T08:00:00.000Z');
const friday = new Date('2025-08-22T18:30:00.123Z');
const book = p('BookID', 'b1');
const reader = p('ReaderID', 'r1');

const open = () => buildEventFilter().matching();
const typed = () => open().anyEventTypeOf('Lent');

describe('mutual exclusion', () => {
  const refusal = {
    name: InvalidFilterError.name,
    code: 'invalid_filter',
    message: 'A filter cannot have both time bounds and a sequence number bound.',
    advice: 'Continue by sequence number on a filter without time bounds.',
    field: 'sequenceNumberHigherThan',
  };
  const mixed: readonly [what: string, build: () => unknown][] = [
    [
      'a number after a beginning',
      () => untyped(typed().occurredFrom(monday)).withSequenceNumberHigherThan(5),
    ],
    ['a number after an end', () => untyped(typed().occurredUntil(friday)).withSequenceNumberHigherThan(5)],
    [
      'a beginning after a number',
      () => untyped(typed().withSequenceNumberHigherThan(5)).occurredFrom(monday),
    ],
    [
      'an end after a number and items',
      () =>
        untyped(
          buildEventFilter().withSequenceNumberHigherThan(5).matching().anyEventTypeOf('A'),
        ).occurredUntil(friday),
    ],
    [
      'a filter from a beginning that is reopened',
      () => typed().occurredFrom(monday).finalize().reopenForSequenceFiltering(),
    ],
    [
      'a filter until an end that is reopened',
      () => typed().occurredUntil(friday).finalize().reopenForSequenceFiltering(),
    ],
  ];
  for (const [what, build] of mixed)
    it(`${what} is refused at run time too`, () => assert.throws(build, refusal));
});

describe('sentences that only callers without types can say', () => {
  const sentences: readonly [what: string, say: () => unknown, message: RegExp, field?: string][] = [
    ['a filter that says nothing', () => untyped(buildEventFilter()).finalize(), /does not say which events/],
    ['an item left empty', () => untyped(open()).finalize(), /names neither an event type nor a predicate/],
    [
      'a second item left empty',
      () => untyped(typed().orMatching()).finalize(),
      /names neither an event type nor/,
    ],
    [
      'any event after an item',
      () => untyped(typed()).matchingAnyEvent(),
      /would drop what the filter has said/,
    ],
    [
      'any event after a bound',
      () => untyped(buildEventFilter().occurredFrom(monday)).matchingAnyEvent(),
      /would drop what the filter has said/,
    ],
    [
      'types twice in an item',
      () => untyped(typed()).andAnyEventTypeOf('B'),
      /has its eventTypes already/,
      'eventTypes',
    ],
    [
      'predicates twice in an item',
      () => untyped(open().anyPredicateOf(book)).andAllPredicatesOf(reader),
      /has its predicates already/,
      'predicates',
    ],
    [
      'a number twice',
      () => untyped(typed().withSequenceNumberHigherThan(1)).withSequenceNumberHigherThan(0),
      /has the bound sequenceNumberHigherThan already/,
      'sequenceNumberHigherThan',
    ],
    [
      'a beginning twice',
      () => untyped(typed().occurredFrom(monday)).occurredFrom(friday),
      /has the bound occurredFrom already/,
      'occurredFrom',
    ],
    [
      'an event type that is no text',
      () => untyped(open()).anyEventTypeOf(5),
      /event type is text; .* number/,
      'eventTypes',
    ],
    [
      'a key that is no text',
      () => untyped(open()).anyPredicateOf(p(undefined as never, 'x')),
      /predicate key is text/,
      'predicates',
    ],
    [
      'a value that is no text',
      () => untyped(open()).allPredicatesOf(p('BookID', 7 as never)),
      /value is text; .* number/,
      'predicates',
    ],
    [
      'a predicate that is none',
      () => untyped(open()).anyPredicateOf(null),
      /no key and no value/,
      'predicates',
    ],
    [
      'no event type at all',
      () => untyped(open()).anyEventTypeOf(),
      /event types in the filter holds no name/,
      'eventTypes',
    ],
    [
      'no predicate at all',
      () => untyped(typed()).andAnyPredicateOf(),
      /predicates in the filter holds none/,
      'predicates',
    ],
  ];
  for (const [what, say, message, field] of sentences) {
    it(`${what} is refused and told`, () => {
      assert.throws(say, (error: unknown) => {
        assert.ok(error instanceof InvalidFilterError, String(error));
        assert.match(error.message, message);
        assert.match(error.advice ?? '', /^[A-Z].+\.$/);
        assert.equal(error.field, field);
        return true;
      });
    });
  }
});

/** The builder as JavaScript sees it. */
interface Untyped {
  matchingAnyEvent(): EventFilter;
  anyEventTypeOf(...types: unknown[]): Untyped;
  andAnyEventTypeOf(...types: unknown[]): Untyped;
  anyPredicateOf(...predicates: unknown[]): Untyped;
  allPredicatesOf(...predicates: unknown[]): Untyped;
  andAnyPredicateOf(...predicates: unknown[]): Untyped;
  andAllPredicatesOf(...predicates: unknown[]): Untyped;
  occurredFrom(date: unknown): Untyped;
  occurredUntil(date: unknown): Untyped;
  withSequenceNumberHigherThan(sequenceNumber: unknown): Untyped;
  finalize(): EventFilter;
}

function untyped(state: object): Untyped {
  return state as Untyped;
}
