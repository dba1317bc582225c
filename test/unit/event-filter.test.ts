import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvalidFilterError } from '../../server/eventstore/errors.ts';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { p } from '../../server/eventstore/predicate.ts';

const monday = new Date('2025-08-18T08:00:00.000Z');
const friday = new Date('2025-08-22T18:30:00.123Z');
const lent = 'BookCopyLentToReader';
const returned = 'BookCopyReturnedByReader';
const book = p('BookID', 'b1');
const reader = p('ReaderID', 'r1');

const start = () => buildEventFilter();
const typed = () => start().matching().anyEventTypeOf(lent);
const item = (eventTypes: string[], predicates: unknown[] = [], predicateMode = 'any') => ({
  eventTypes,
  predicates,
  predicateMode,
});

describe('what a filter can say', () => {
  const cases: readonly [title: string, filter: EventFilter, items: readonly object[]][] = [
    ['any event', start().matchingAnyEvent(), []],
    ['one type', typed().finalize(), [item([lent])]],
    ['several types', start().matching().anyEventTypeOf(lent, returned).finalize(), [item([lent, returned])]],
    ['one predicate', start().matching().anyPredicateOf(book).finalize(), [item([], [book])]],
    [
      'any of several predicates',
      start().matching().anyPredicateOf(book, reader).finalize(),
      [item([], [book, reader])],
    ],
    [
      'all of several predicates',
      start().matching().allPredicatesOf(book, reader).finalize(),
      [item([], [book, reader], 'all')],
    ],
    [
      'a type and any predicate',
      typed().andAnyPredicateOf(book, reader).finalize(),
      [item([lent], [book, reader])],
    ],
    [
      'a type and all predicates',
      typed().andAllPredicatesOf(book, reader).finalize(),
      [item([lent], [book, reader], 'all')],
    ],
    [
      'any predicate and a type',
      start().matching().anyPredicateOf(book).andAnyEventTypeOf(lent).finalize(),
      [item([lent], [book])],
    ],
    [
      'all predicates and types',
      start().matching().allPredicatesOf(book, reader).andAnyEventTypeOf(lent, returned).finalize(),
      [item([lent, returned], [book, reader], 'all')],
    ],
    ['two items', typed().orMatching().anyPredicateOf(reader).finalize(), [item([lent]), item([], [reader])]],
    [
      'three items of every kind',
      typed()
        .orMatching()
        .anyEventTypeOf(returned)
        .andAllPredicatesOf(book, reader)
        .orMatching()
        .anyPredicateOf(reader)
        .finalize(),
      [item([lent]), item([returned], [book, reader], 'all'), item([], [reader])],
    ],
  ];
  for (const [title, filter, items] of cases) {
    it(`holds ${title}`, () => assert.deepEqual(filter.items, items));
  }
});

describe('bounds of a filter', () => {
  const bounds = (filter: EventFilter) => [
    filter.occurredFrom?.toISOString(),
    filter.occurredUntil?.toISOString(),
    filter.sequenceNumberHigherThan,
  ];
  const cases: readonly [title: string, filter: EventFilter, expected: unknown[]][] = [
    ['none', typed().finalize(), [undefined, undefined, 0]],
    ['a beginning alone', start().occurredFrom(monday).finalize(), [monday.toISOString(), undefined, 0]],
    ['an end alone', start().occurredUntil(friday).finalize(), [undefined, friday.toISOString(), 0]],
    [
      'both without items',
      start().occurredFrom(monday).andOccurredUntil(friday).finalize(),
      [monday.toISOString(), friday.toISOString(), 0],
    ],
    [
      'a beginning after items',
      typed().occurredFrom(monday).finalize(),
      [monday.toISOString(), undefined, 0],
    ],
    ['an end after items', typed().occurredUntil(friday).finalize(), [undefined, friday.toISOString(), 0]],
    [
      'both after items',
      typed().andAnyPredicateOf(book).occurredFrom(monday).andOccurredUntil(friday).finalize(),
      [monday.toISOString(), friday.toISOString(), 0],
    ],
    [
      'the same moment twice',
      start().occurredFrom(monday).andOccurredUntil(monday).finalize(),
      [monday.toISOString(), monday.toISOString(), 0],
    ],
    ['a number alone', start().withSequenceNumberHigherThan(12).finalize(), [undefined, undefined, 12]],
    ['a number after items', typed().withSequenceNumberHigherThan(12).finalize(), [undefined, undefined, 12]],
    [
      'a number before items',
      start().withSequenceNumberHigherThan(12).matching().anyEventTypeOf(lent).finalize(),
      [undefined, undefined, 12],
    ],
    [
      'the number 0, which bounds nothing',
      start().withSequenceNumberHigherThan(0).finalize(),
      [undefined, undefined, 0],
    ],
    [
      'the highest number',
      start().withSequenceNumberHigherThan(Number.MAX_SAFE_INTEGER).finalize(),
      [undefined, undefined, Number.MAX_SAFE_INTEGER],
    ],
  ];
  for (const [title, filter, expected] of cases) {
    it(`can be ${title}`, () => assert.deepEqual(bounds(filter), expected));
  }

  for (const number of [-1, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, Number.MIN_SAFE_INTEGER]) {
    it(`cannot be the number ${number}`, () => {
      assert.throws(() => start().withSequenceNumberHigherThan(number), InvalidFilterError);
    });
  }

  it('cannot be a date that is none, or from before all calendars of the database', () => {
    assert.throws(() => start().occurredFrom(new Date('soon')), InvalidFilterError);
    assert.throws(() => typed().occurredUntil(new Date(-8.64e15)), InvalidFilterError);
  });

  it('cannot end before they begin', () => {
    assert.throws(() => start().occurredFrom(friday).andOccurredUntil(monday).finalize(), InvalidFilterError);
  });
});

describe('what the builder tidies up', () => {
  it('drops empty and repeated event types and sorts the rest', () => {
    const filter = start().matching().anyEventTypeOf(returned, '', lent, returned).finalize();
    assert.deepEqual(filter.items, [item([lent, returned])]);
  });

  it('drops predicates without key or value and repeated ones and sorts the rest', () => {
    const filter = start()
      .matching()
      .allPredicatesOf(reader, p('', 'x'), p('x', ''), book, { ...reader }, p('BookID', 'a'))
      .finalize();
    assert.deepEqual(filter.items, [item([], [p('BookID', 'a'), book, reader], 'all')]);
  });

  it('drops repeated items and sorts the rest', () => {
    const filter = typed()
      .orMatching()
      .anyPredicateOf(book)
      .orMatching()
      .anyEventTypeOf(lent, lent)
      .finalize();
    assert.deepEqual(filter.items, [item([lent]), item([], [book])]);
  });

  it('treats all of one predicate as any of one', () => {
    const all = start().matching().allPredicatesOf(book, book).finalize();
    assert.equal(all.hash(), start().matching().anyPredicateOf(book).finalize().hash());
  });

  it('refuses lists of which nothing is left, for the filter would silently match more', () => {
    assert.throws(() => start().matching().anyEventTypeOf('', ''), InvalidFilterError);
    assert.throws(() => typed().andAnyPredicateOf(p('BookID', '')), InvalidFilterError);
    assert.throws(() => typed().andAllPredicatesOf(p('', 'b1')), InvalidFilterError);
  });

  for (const text of ['a\0b', '\ud800', 'x\udc00']) {
    it(`refuses ${JSON.stringify(text)}, which no stored text can hold`, () => {
      assert.throws(() => start().matching().anyEventTypeOf(text), InvalidFilterError);
      assert.throws(() => start().matching().anyPredicateOf(p(text, 'v')), InvalidFilterError);
      assert.throws(() => start().matching().anyPredicateOf(p('k', text)), InvalidFilterError);
    });
  }
});

describe('a finished filter', () => {
  it('cannot be changed', () => {
    const given = p('BookID', 'b1');
    const from = new Date(monday);
    const filter = typed().andAnyPredicateOf(given).occurredFrom(from).finalize();
    const hash = filter.hash();
    Object.assign(given, { value: 'b2' });
    from.setFullYear(1999);
    filter.occurredFrom?.setFullYear(1999);
    assert.throws(() => Object.assign(filter.items, [item(['Other'])]), TypeError);
    assert.throws(() => Object.assign(filter.items[0] ?? {}, item(['Other'])), TypeError);
    assert.throws(() => Object.assign(filter, { items: [] }), TypeError);
    assert.equal(typed().andAnyPredicateOf(book).occurredFrom(monday).finalize().hash(), hash);
    assert.equal(filter.occurredFrom?.getTime(), monday.getTime());
  });

  it('does not change when its builder goes on', () => {
    const open = typed();
    const narrow = open.andAnyPredicateOf(book).finalize();
    const bounded = open.occurredFrom(monday).finalize();
    assert.deepEqual(open.finalize().items, [item([lent])]);
    assert.deepEqual(narrow.items, [item([lent], [book])]);
    assert.deepEqual(bounded.items, [item([lent])]);
  });

  it('can be reopened for reading on by number', () => {
    const reopened = typed().finalize().reopenForSequenceFiltering().withSequenceNumberHigherThan(7);
    assert.equal(reopened.hash(), typed().withSequenceNumberHigherThan(7).finalize().hash());
    const again = reopened.reopenForSequenceFiltering().withSequenceNumberHigherThan(9);
    assert.equal(again.sequenceNumberHigherThan, 9);
  });

  it('cannot be reopened when it has time bounds', () => {
    assert.throws(
      () => typed().occurredFrom(monday).finalize().reopenForSequenceFiltering(),
      InvalidFilterError,
    );
    assert.throws(
      () => typed().occurredUntil(friday).finalize().reopenForSequenceFiltering(),
      InvalidFilterError,
    );
  });

  it('never holds both kinds of bounds, not even without types', () => {
    const untyped = typed() as unknown as Record<string, (argument: unknown) => typeof untyped>;
    const mixed = untyped['occurredFrom']?.(monday)['withSequenceNumberHigherThan']?.(5);
    assert.throws(() => mixed?.['finalize']?.(undefined), InvalidFilterError);
  });

  it('refuses an item that was opened and left empty without types', () => {
    const untyped = typed().orMatching() as unknown as { finalize(): EventFilter };
    assert.throws(() => untyped.finalize(), InvalidFilterError);
  });
});

describe('the hash of a filter', () => {
  it('is a SHA-256 of fixed form, the same in every process', () => {
    assert.equal(
      start().matchingAnyEvent().hash(),
      'sha256:408fa047b09392b31f046e8cef287e0b2077999343771e4f5c80aafbc04afb23',
    );
  });

  const different: readonly [title: string, a: EventFilter, b: EventFilter][] = [
    ['any event and one type', start().matchingAnyEvent(), typed().finalize()],
    [
      'any and all',
      start().matching().anyPredicateOf(book, reader).finalize(),
      start().matching().allPredicatesOf(book, reader).finalize(),
    ],
    [
      'two items and one with both conditions',
      typed().orMatching().anyPredicateOf(book).finalize(),
      typed().andAnyPredicateOf(book).finalize(),
    ],
    [
      'a beginning and an end at the same time',
      start().occurredFrom(monday).finalize(),
      start().occurredUntil(monday).finalize(),
    ],
    ['different numbers', typed().withSequenceNumberHigherThan(1).finalize(), typed().finalize()],
    [
      'a comma in a name and two names',
      start().matching().anyEventTypeOf('A,B').finalize(),
      start().matching().anyEventTypeOf('A', 'B').finalize(),
    ],
    [
      'quotes that imitate JSON and the JSON itself',
      start().matching().anyEventTypeOf('A","B').finalize(),
      start().matching().anyEventTypeOf('A', 'B').finalize(),
    ],
    [
      'a sign that could stand in the key or in the value',
      start().matching().anyPredicateOf(p('a=b', 'c')).finalize(),
      start().matching().anyPredicateOf(p('a', 'b=c')).finalize(),
    ],
    [
      'a type and a predicate of the same name',
      start().matching().anyEventTypeOf('A').finalize(),
      start().matching().anyPredicateOf(p('A', 'A')).finalize(),
    ],
  ];
  for (const [title, a, b] of different) {
    it(`tells ${title} apart`, () => assert.notEqual(a.hash(), b.hash()));
  }
});
