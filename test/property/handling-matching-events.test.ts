import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildStorableEvent, type SequenceNumber } from '../../server/eventstore/storable-event.ts';
import { matcherOf } from '../../server/handling/folding/matching-events.ts';
import { matches } from '../contract/in-memory-event-store.ts';
import { build, filterPlan, hostileName } from './support/filter-plans.ts';

const value = fc.oneof(
  { weight: 3, arbitrary: hostileName },
  { weight: 1, arbitrary: fc.oneof(fc.integer(), fc.constant(null), fc.constant(['a']), fc.boolean()) },
);

const event = fc
  .record({
    eventType: hostileName,
    occurredAt: fc.integer({ min: -1, max: 6 }).map((n) => new Date(1_755_000_000_000 + n)),
    payload: fc.array(fc.tuple(hostileName, value), { maxLength: 4 }).map((fields) => {
      return `{${fields.map(([name, given]) => `${JSON.stringify(name)}:${JSON.stringify(given)}`).join()}}`;
    }),
  })
  .map(buildStorableEvent);

test('New events outdate exactly the filters that mean one of them', () => {
  let meant = 0;
  const events = fc.array(event, { minLength: 1, maxLength: 3 });
  const property = fc.property(filterPlan, events, fc.boolean(), (plan, appended, isMeant) => {
    // By chance alone hardly any filter means an event.
    const filter = build(isMeant ? { ...plan, items: [...plan.items, itemFor(appended[0])] } : plan);
    const above = (filter.sequenceNumberHigherThan + 1) as SequenceNumber;
    const expected = appended.some((each) => matches(filter, { ...each, sequenceNumber: above }));
    if (expected) meant += 1;
    assert.equal(matcherOf(appended)(filter), expected);
  });
  fc.assert(property, { numRuns: 2_000 });
  assert.ok(meant > 300 && meant < 1_900, `${meant} of 2,000`);
});

function itemFor(meant: { readonly eventType: string; readonly payload: string } | undefined) {
  const fields = Object.entries(JSON.parse(meant?.payload ?? '{}') as Record<string, unknown>);
  const predicates = fields.flatMap(([key, held]) =>
    typeof held === 'string' ? [{ key, value: held }] : [],
  );
  return { types: [meant?.eventType ?? 'none'], predicates, mode: 'all' as const };
}
