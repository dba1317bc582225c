import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventFilter, FilterItem } from '../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type Predicate, p } from '../../server/eventstore/predicate.ts';

const monday = new Date('2025-08-18T08:00:00.000Z');
const friday = new Date('2025-08-22T18:30:00.123Z');
const lent = 'BookCopyLentToReader';
const returned = 'BookCopyReturnedByReader';
const book = p('BookID', 'b1');
const reader = p('ReaderID', 'r1');

const start = () => buildEventFilter();
const open = () => start().matching();
const item = (
  eventTypes: string[],
  predicates: Predicate[] = [],
  predicateMode: 'any' | 'all' = 'any',
): FilterItem => ({ eventTypes, predicates, predicateMode });

interface Meaning {
  readonly items?: readonly FilterItem[];
  readonly from?: Date;
  readonly until?: Date;
  readonly after?: number;
}
type Case = readonly [says: string, filter: EventFilter, means: Meaning];

const conditions: readonly Case[] = [
  ['any event', start().matchingAnyEvent(), {}],
  ['one type', open().anyEventTypeOf(lent).finalize(), { items: [item([lent])] }],
  ['several types', open().anyEventTypeOf(lent, returned).finalize(), { items: [item([lent, returned])] }],
  ['one predicate', open().anyPredicateOf(book).finalize(), { items: [item([], [book])] }],
  [
    'any of several predicates',
    open().anyPredicateOf(book, reader).finalize(),
    { items: [item([], [book, reader])] },
  ],
  [
    'all of several predicates',
    open().allPredicatesOf(book, reader).finalize(),
    { items: [item([], [book, reader], 'all')] },
  ],
  [
    'types and any predicate',
    open().anyEventTypeOf(lent).andAnyPredicateOf(book, reader).finalize(),
    { items: [item([lent], [book, reader])] },
  ],
  [
    'types and all predicates',
    open().anyEventTypeOf(lent).andAllPredicatesOf(book, reader).finalize(),
    { items: [item([lent], [book, reader], 'all')] },
  ],
  [
    'any predicate and types',
    open().anyPredicateOf(book, reader).andAnyEventTypeOf(lent, returned).finalize(),
    { items: [item([lent, returned], [book, reader])] },
  ],
  [
    'all predicates and types',
    open().allPredicatesOf(book, reader).andAnyEventTypeOf(lent, returned).finalize(),
    { items: [item([lent, returned], [book, reader], 'all')] },
  ],
  [
    'one item or another',
    open().anyEventTypeOf(lent).orMatching().anyPredicateOf(reader).finalize(),
    { items: [item([lent]), item([], [reader])] },
  ],
  [
    'three items of every kind',
    open()
      .anyEventTypeOf(lent)
      .orMatching()
      .anyEventTypeOf(returned)
      .andAllPredicatesOf(book, reader)
      .orMatching()
      .allPredicatesOf(reader)
      .finalize(),
    { items: [item([lent]), item([returned], [book, reader], 'all'), item([], [reader])] },
  ],
];

const bounds: readonly Case[] = [
  ['a beginning in time alone', start().occurredFrom(monday).finalize(), { from: monday }],
  ['an end in time alone', start().occurredUntil(friday).finalize(), { until: friday }],
  [
    'a beginning and an end',
    start().occurredFrom(monday).andOccurredUntil(friday).finalize(),
    { from: monday, until: friday },
  ],
  [
    'one moment',
    start().occurredFrom(monday).andOccurredUntil(monday).finalize(),
    { from: monday, until: monday },
  ],
  ['a number alone', start().withSequenceNumberHigherThan(12).finalize(), { after: 12 }],
];

const itemsWithBounds: readonly Case[] = [
  [
    'types from a beginning',
    open().anyEventTypeOf(lent).occurredFrom(monday).finalize(),
    { items: [item([lent])], from: monday },
  ],
  [
    'predicates until an end',
    open().allPredicatesOf(book, reader).occurredUntil(friday).finalize(),
    { items: [item([], [book, reader], 'all')], until: friday },
  ],
  [
    'types and predicates between two times',
    open()
      .anyEventTypeOf(lent)
      .andAnyPredicateOf(book)
      .occurredFrom(monday)
      .andOccurredUntil(friday)
      .finalize(),
    { items: [item([lent], [book])], from: monday, until: friday },
  ],
  [
    'several items between two times',
    open()
      .anyEventTypeOf(lent)
      .orMatching()
      .anyPredicateOf(book)
      .andAnyEventTypeOf(returned)
      .occurredFrom(monday)
      .andOccurredUntil(friday)
      .finalize(),
    { items: [item([lent]), item([returned], [book])], from: monday, until: friday },
  ],
  [
    'types after a number',
    open().anyEventTypeOf(lent).withSequenceNumberHigherThan(12).finalize(),
    { items: [item([lent])], after: 12 },
  ],
  [
    'predicates and types after a number',
    open().anyPredicateOf(book).andAnyEventTypeOf(lent).withSequenceNumberHigherThan(12).finalize(),
    { items: [item([lent], [book])], after: 12 },
  ],
  [
    'several items after a number',
    open()
      .anyEventTypeOf(lent)
      .orMatching()
      .anyPredicateOf(reader)
      .withSequenceNumberHigherThan(12)
      .finalize(),
    { items: [item([lent]), item([], [reader])], after: 12 },
  ],
  [
    'a number and then types with predicates',
    start()
      .withSequenceNumberHigherThan(12)
      .matching()
      .anyEventTypeOf(lent)
      .andAllPredicatesOf(book, reader)
      .finalize(),
    { items: [item([lent], [book, reader], 'all')], after: 12 },
  ],
  [
    'a number and then several items',
    start()
      .withSequenceNumberHigherThan(12)
      .matching()
      .allPredicatesOf(book)
      .andAnyEventTypeOf(lent)
      .orMatching()
      .anyPredicateOf(reader)
      .finalize(),
    { items: [item([lent], [book]), item([], [reader])], after: 12 },
  ],
];

const all = [...conditions, ...bounds, ...itemsWithBounds];

describe('valid combinations', () => {
  for (const [says, filter, { items = [], from, until, after = 0 }] of all) {
    it(`${says}`, () => {
      assert.deepEqual(filter.items, items);
      assert.deepEqual(
        [filter.occurredFrom, filter.occurredUntil, filter.sequenceNumberHigherThan],
        [from, until, after],
      );
      assert.equal(filter.hasTimeBounds, from !== undefined || until !== undefined);
    });
  }

  it('each mean something else, and hash so', () => {
    assert.equal(new Set(all.map(([, filter]) => filter.hash())).size, all.length);
  });
});
