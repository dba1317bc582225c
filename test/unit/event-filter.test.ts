import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { p } from '../../server/eventstore/predicate.ts';

const monday = new Date('2025-08-18T08:00:00.000Z');
const lent = 'BookCopyLentToReader';
const book = p('BookID', 'b1');
const reader = p('ReaderID', 'r1');

const start = () => buildEventFilter();
const typed = () => start().matching().anyEventTypeOf(lent);
const item = (eventTypes: string[], predicates: unknown[] = [], predicateMode = 'any') => ({
  eventTypes,
  predicates,
  predicateMode,
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
