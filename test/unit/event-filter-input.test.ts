import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { p } from '../../server/eventstore/predicate.ts';

const monday = new Date('2025-08-18T08:00:00.000Z');
const friday = new Date('2025-08-22T18:30:00.123Z');
const book = p('BookID', 'b1');
const reader = p('ReaderID', 'r1');

const open = () => buildEventFilter().matching();
const typed = () => open().anyEventTypeOf('Lent');
const item = (eventTypes: string[], predicates: unknown[] = [], predicateMode = 'any') => ({
  eventTypes,
  predicates,
  predicateMode,
});

describe('input sanitising', () => {
  const tidied: readonly [what: string, filter: EventFilter, items: readonly object[]][] = [
    ['empty event types are dropped', open().anyEventTypeOf('', 'Lent', '').finalize(), [item(['Lent'])]],
    [
      'repeated event types are dropped',
      open().anyEventTypeOf('Lent', 'Lent', 'Added', 'Lent').finalize(),
      [item(['Added', 'Lent'])],
    ],
    [
      'event types are sorted',
      open().anyEventTypeOf('b', 'a', 'C', 'ä', 'B').finalize(),
      [item(['B', 'C', 'a', 'b', 'ä'])],
    ],
    [
      'predicates without key or value are dropped',
      open().allPredicatesOf(p('', 'x'), book, p('x', ''), reader, p('', '')).finalize(),
      [item([], [book, reader], 'all')],
    ],
    [
      'repeated predicates are dropped',
      open()
        .allPredicatesOf(reader, book, { ...reader }, p('BookID', 'b1'))
        .finalize(),
      [item([], [book, reader], 'all')],
    ],
    [
      'predicates are sorted by key, then by value',
      open().anyPredicateOf(p('b', '1'), p('a', '2'), p('a', '10'), p('B', '3')).finalize(),
      [item([], [p('B', '3'), p('a', '10'), p('a', '2'), p('b', '1')])],
    ],
    [
      'repeated items are dropped and the rest is sorted',
      open()
        .anyPredicateOf(book)
        .orMatching()
        .anyEventTypeOf('Lent', 'Lent')
        .orMatching()
        .allPredicatesOf(book)
        .finalize(),
      [item(['Lent']), item([], [book])],
    ],
    ['all of one predicate is any of one', open().allPredicatesOf(book, book).finalize(), [item([], [book])]],
    [
      'letters in another case and spaces make another name',
      open().anyEventTypeOf('lent', 'Lent', ' Lent').finalize(),
      [item([' Lent', 'Lent', 'lent'])],
    ],
  ];
  for (const [what, filter, items] of tidied) it(what, () => assert.deepEqual(filter.items, items));

  // Dropping the whole list would leave an item that matches more than was asked for.
  const emptied: readonly [what: string, build: () => unknown, refusal: object][] = [
    ['a list of which no event type is left', () => open().anyEventTypeOf('', ''), noTypes()],
    [
      'a second list of which no event type is left',
      () => open().anyPredicateOf(book).andAnyEventTypeOf(''),
      noTypes(),
    ],
    ['a list of which no predicate is left', () => open().anyPredicateOf(p('BookID', '')), noPredicates()],
    [
      'a second list of which no predicate is left',
      () => typed().andAllPredicatesOf(p('', 'b1')),
      noPredicates(),
    ],
  ];
  for (const [what, build, refusal] of emptied) it(`${what} is refused`, () => assert.throws(build, refusal));

  for (const text of ['a\0b', '\ud800', 'x\udc00']) {
    const quoted = JSON.stringify(text);
    it(`${quoted}, which no stored text can hold, is refused as type, key and value`, () => {
      const refusal = (what: string, field: string) => ({
        code: 'invalid_filter',
        message: `No event can have the ${what} ${quoted} of the filter.`,
        advice: 'Give text without NUL characters and without broken Unicode.',
        field,
      });
      assert.throws(() => open().anyEventTypeOf('A', text), refusal('event type', 'eventTypes'));
      assert.throws(() => open().anyPredicateOf(p(text, 'v')), refusal('predicate key', 'predicates'));
      assert.throws(() => open().anyPredicateOf(p('k', text)), refusal('predicate value', 'predicates'));
    });
  }

  it('a refusal shows only the beginning of a long name', () => {
    const build = () => open().anyEventTypeOf(`${'x'.repeat(100_000)}\0`);
    assert.throws(build, (error: Error) => error.message.length < 150);
  });
});

describe('edge values', () => {
  const numbers: readonly [what: string, given: number, bound: number][] = [
    ['0 bounds nothing', 0, 0],
    ['-0 is 0', -0, 0],
    ['1 leaves out the first event', 1, 1],
    ['2^53 − 1 is the highest number', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ];
  for (const [what, given, bound] of numbers) {
    it(what, () => {
      const filter = typed().withSequenceNumberHigherThan(given).finalize();
      assert.ok(Object.is(filter.sequenceNumberHigherThan, bound));
      const reopened = typed().finalize().reopenForSequenceFiltering().withSequenceNumberHigherThan(given);
      assert.equal(reopened.hash(), filter.hash());
      assert.equal(filter.hash() === typed().finalize().hash(), bound === 0);
    });
  }

  const refused: readonly [what: string, given: number, named: string][] = [
    ['a negative number', -1, '-1'],
    ['the lowest number', Number.MIN_SAFE_INTEGER, '-9007199254740991'],
    ['2^53, which is not exact', 2 ** 53, '9007199254740992'],
    ['the highest bigint of the database', 2 ** 63, '9223372036854776000'],
    ['a fraction', 1.5, '1.5'],
    ['no number', Number.NaN, 'NaN'],
    ['infinity', Number.POSITIVE_INFINITY, 'Infinity'],
    ['a bigint', 5n as unknown as number, 'of type bigint'],
    ['a numeral', '5' as unknown as number, 'of type string'],
    ['a symbol', Symbol('5') as unknown as number, 'of type symbol'],
  ];
  for (const [what, given, named] of refused) {
    it(`${what} is refused`, () => {
      const refusal = {
        code: 'invalid_filter',
        message: `The sequence number ${named} cannot bound a filter.`,
        advice: 'Give a whole number from 0 (no bound) to 9007199254740991.',
        field: 'sequenceNumberHigherThan',
      };
      assert.throws(() => buildEventFilter().withSequenceNumberHigherThan(given), refusal);
      assert.throws(() => typed().withSequenceNumberHigherThan(given), refusal);
      const reopened = typed().finalize().reopenForSequenceFiltering();
      assert.throws(() => reopened.withSequenceNumberHigherThan(given), refusal);
    });
  }

  for (const [what, date] of [
    ['a Date that is none', new Date('soon')],
    ['a date before the calendar of the database', new Date(-8.64e15)],
    ['the last millisecond before it', new Date(Date.UTC(-4712, 0, 1) - 1)],
    ['the text of a date', '2025-08-18' as unknown as Date],
    ['a number of milliseconds', 0 as unknown as Date],
  ] as const) {
    it(`${what} is refused as a time bound`, () => {
      const refusal = (field: string) => ({
        code: 'invalid_filter',
        message: `The bound ${field} is not a date that events can have.`,
        advice: 'Give a valid Date from 4713 BC on.',
        field,
      });
      assert.throws(() => buildEventFilter().occurredFrom(date), refusal('occurredFrom'));
      assert.throws(() => typed().occurredUntil(date), refusal('occurredUntil'));
      assert.throws(() => typed().occurredFrom(monday).andOccurredUntil(date), refusal('occurredUntil'));
    });
  }

  it('the first and the last date that an event can have are time bounds', () => {
    const [first, last] = [new Date(Date.UTC(-4712, 0, 1)), new Date(8.64e15)];
    const filter = buildEventFilter().occurredFrom(first).andOccurredUntil(last).finalize();
    assert.deepEqual([filter.occurredFrom, filter.occurredUntil], [first, last]);
  });

  it('an end before the beginning is refused', () => {
    assert.throws(() => typed().occurredFrom(friday).andOccurredUntil(monday).finalize(), {
      code: 'invalid_filter',
      message: 'The time bounds of the filter end before they begin.',
      advice: 'Give an end that is not earlier than the beginning.',
      field: 'occurredUntil',
    });
  });
});

function noTypes(): object {
  return {
    code: 'invalid_filter',
    message: 'A list of event types in the filter holds no name.',
    advice: 'Give at least one event type that is not empty.',
    field: 'eventTypes',
  };
}

function noPredicates(): object {
  return {
    code: 'invalid_filter',
    message: 'A list of predicates in the filter holds none with a key and a value.',
    advice: 'Give at least one predicate whose key and value are not empty.',
    field: 'predicates',
  };
}
