import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { SelectStatements } from '../../server/eventstore/postgres/select-statement.ts';
import { tableNames } from '../../server/eventstore/postgres/table-names.ts';
import { p } from '../../server/eventstore/predicate.ts';

/** Each number of items is a shape of its own; the value changes none. */
function shaped(items: number, value = 'x'): EventFilter {
  const predicate = p('a', value);
  let builder = buildEventFilter().matching().anyEventTypeOf(value).andAnyPredicateOf(predicate);
  for (let item = 1; item < items; item++) {
    builder = builder.orMatching().anyEventTypeOf(`${value}${item}`).andAnyPredicateOf(predicate);
  }
  return builder.finalize();
}

const tables = tableNames();
const shapes = (count: number) => Array.from({ length: count }, (_, index) => shaped(index + 1));

describe('the texts of filter shapes', () => {
  it('are built once for each shape, whatever the values: 7 shapes in 30 rounds are 7 misses and 203 hits', () => {
    const statements = new SelectStatements(tables, 50);
    for (let round = 0; round < 30; round++) {
      for (let items = 1; items <= 7; items++) statements.statementFor(shaped(items, `value ${round}`));
    }
    assert.deepEqual(statements.cacheFigures(), { hits: 203, misses: 7, size: 7, capacity: 50 });
  });

  it('are kept up to the capacity, and the one unused for longest goes first', () => {
    const statements = new SelectStatements(tables, 3);
    const [a, b, c, d] = shapes(4) as [EventFilter, EventFilter, EventFilter, EventFilter];
    for (const filter of [a, b, c, a, d]) statements.statementFor(filter);
    assert.deepEqual(statements.cacheFigures(), { hits: 1, misses: 4, size: 3, capacity: 3 });
    for (const filter of [a, c, d]) statements.statementFor(filter);
    assert.equal(statements.cacheFigures().hits, 4, 'all but b are there');
    statements.statementFor(b);
    assert.equal(statements.cacheFigures().misses, 5, 'b was the one unused for longest');
    statements.statementFor(a);
    assert.equal(statements.cacheFigures().misses, 6, 'and a was it when b came again');
  });

  it('are not kept for shapes beyond any that a person writes', () => {
    const statements = new SelectStatements(tables, 50);
    for (let times = 0; times < 3; times++) statements.statementFor(shaped(500));
    assert.deepEqual(statements.cacheFigures(), { hits: 0, misses: 3, size: 0, capacity: 50 });
    assert.equal(statements.statementFor(shaped(500)).template.name, undefined);
  });

  it('are built anew each time without a cache, and nothing is prepared', () => {
    const statements = new SelectStatements(tables, 0);
    const [filter] = shapes(1) as [EventFilter];
    for (let times = 0; times < 5; times++)
      assert.equal(statements.statementFor(filter).template.name, undefined);
    assert.deepEqual(statements.cacheFigures(), { hits: 0, misses: 5, size: 0, capacity: 0 });
  });

  for (const size of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 10_001, '50']) {
    it(`cannot be kept up to ${JSON.stringify(size)} or ${String(size)}`, () => {
      assert.throws(() => new SelectStatements(tables, size as number), {
        code: 'invalid_option',
        field: 'statementCacheSize',
      });
    });
  }
});

describe('the name of a prepared statement', () => {
  it('is given from the second use of a shape on', () => {
    const statements = new SelectStatements(tables, 50);
    assert.equal(statements.statementFor(shaped(1)).template.name, undefined);
    assert.match(
      statements.statementFor(shaped(1, 'y')).template.name ?? '',
      /^eventstore_select_[0-9a-f]{16}$/,
    );
  });

  it('is the same again after the text was dropped and built anew, and in every store', () => {
    const statements = new SelectStatements(tables, 1);
    const twice = () => [statements.statementFor(shaped(1)), statements.statementFor(shaped(1))].at(-1);
    const first = twice();
    statements.statementFor(shaped(2));
    assert.deepEqual(statements.statementFor(shaped(1)), first);
    assert.equal(statements.cacheFigures().hits, 1, 'it was dropped in between');
    const elsewhere = new SelectStatements(tables, 50);
    for (let times = 0; times < 2; times++) elsewhere.statementFor(shaped(1));
    assert.deepEqual(elsewhere.statementFor(shaped(1)), first);
  });

  it('never stands for two texts', () => {
    const textOfName = new Map<string, string>();
    const bounded = (filter: EventFilter) =>
      filter.reopenForSequenceFiltering().withSequenceNumberHigherThan(7);
    for (const names of [tables, tableNames({ events: 'others' })]) {
      const statements = new SelectStatements(names, 50);
      for (const filter of [
        ...shapes(20),
        ...shapes(20),
        ...shapes(20).map(bounded),
        ...shapes(20).map(bounded),
      ]) {
        const { name, eventsWithSnapshot } = statements.statementFor(filter).template;
        if (name === undefined) continue;
        assert.equal(textOfName.get(name) ?? eventsWithSnapshot, eventsWithSnapshot);
        textOfName.set(name, eventsWithSnapshot);
      }
    }
    assert.equal(textOfName.size, 80);
  });

  it('is given to twice as many shapes as texts are kept, and to no more', () => {
    const statements = new SelectStatements(tables, 2);
    const names = shapes(30).flatMap((filter) => {
      statements.statementFor(filter);
      return statements.statementFor(filter).template.name ?? [];
    });
    assert.equal(new Set(names).size, 4);
    assert.equal(names.length, 4);
  });
});
