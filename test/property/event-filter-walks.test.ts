import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { InvalidFilterError } from '../../server/eventstore/errors.ts';
import { EventFilter } from '../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { p } from '../../server/eventstore/predicate.ts';

const junk = fc.constantFrom<unknown[]>(
  undefined,
  null,
  0,
  -1,
  1.5,
  2 ** 53,
  Number.NaN,
  7n,
  '',
  'A',
  'a\0b',
  '\ud800',
  Symbol('s'),
  {},
  [],
  Object.create(null),
  new Date(0),
  new Date('soon'),
  p('BookID', 'b1'),
  p('BookID', ''),
  { key: 'BookID', value: 1 },
);
const sensible = {
  matching: [],
  orMatching: [],
  matchingAnyEvent: [],
  anyEventTypeOf: ['A', 'B'],
  andAnyEventTypeOf: ['B'],
  anyPredicateOf: [p('BookID', 'b1'), p('ReaderID', 'r1')],
  andAnyPredicateOf: [p('BookID', 'b1')],
  allPredicatesOf: [p('BookID', 'b1'), p('ReaderID', 'r1')],
  andAllPredicatesOf: [p('BookID', 'b1')],
  occurredFrom: [new Date(1)],
  occurredUntil: [new Date(2)],
  andOccurredUntil: [new Date(3)],
  withSequenceNumberHigherThan: [4],
  reopenForSequenceFiltering: [],
  hash: [],
  finalize: [],
} as const;
type Method = keyof typeof sensible;

const step = fc.record({
  method: fc.constantFrom<Method[]>(...(Object.keys(sensible) as Method[])),
  input: fc.option(fc.array(junk, { maxLength: 3 }), { nil: undefined, freq: 4 }),
});
const walk = fc.array(step, { maxLength: 12 });

it('throws nothing but InvalidFilterError and never mixes bounds, wherever callers without types walk', () => {
  const finished = { all: 0, refused: 0 };
  fc.assert(
    fc.property(walk, (steps) => {
      let state: object = buildEventFilter();
      for (const { method, input } of steps) {
        const call: unknown = Reflect.get(state, method);
        if (typeof call !== 'function') continue;
        try {
          const next: unknown = Reflect.apply(call, state, input ?? sensible[method]);
          if (typeof next === 'object' && next !== null) state = next;
        } catch (error) {
          assert.ok(error instanceof InvalidFilterError, `${method}: ${String(error)}`);
          assert.match(error.message, /^[A-Zma].+\.$/);
          assert.match(error.advice ?? '', /^[A-Z].+\.$/s);
          finished.refused++;
        }
        if (state instanceof EventFilter) assertSound(state);
      }
      if (state instanceof EventFilter) finished.all++;
    }),
    { numRuns: 5000 },
  );
  // The walk must really get somewhere, by both ways.
  assert.ok(finished.all > 200, `${finished.all} walks ended with a filter`);
  assert.ok(finished.refused > 1000, `${finished.refused} steps were refused`);
});

function assertSound(filter: EventFilter): void {
  assert.ok(!(filter.hasTimeBounds && filter.sequenceNumberHigherThan > 0), 'both kinds of bounds');
  assert.ok(Number.isSafeInteger(filter.sequenceNumberHigherThan) && filter.sequenceNumberHigherThan >= 0);
  for (const { eventTypes, predicates } of filter.items) assert.ok(eventTypes.length + predicates.length > 0);
  const { occurredFrom, occurredUntil } = filter;
  assert.ok(!occurredFrom || !occurredUntil || occurredFrom <= occurredUntil);
  assert.match(filter.hash(), /^sha256:[0-9a-f]{64}$/);
}
