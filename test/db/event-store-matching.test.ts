import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { SequenceNumber, StorableEvent, StoredEvent } from '../../server/eventstore/storable-event.ts';
import { collect, event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { matches } from '../contract/in-memory-event-store.ts';
import { build, type FilterPlan } from '../property/support/filter-plans.ts';

let fixture: PostgresFixture;
before(async () => {
  fixture = await postgresFixture();
});
after(() => fixture[Symbol.asyncDispose]());

// Few names, so that filters and events meet, each of which some layer could take for something else.
const types = ['A', 'a', "'; --", '["A"]', 'ä', 'a\u0308'] as const;
const keys = ['K', 'k', '$.K', '"', '__proto__'] as const;
const values = ['1', '01', '1 ', 'null', '{"K":"1"}', '\\', '%', 'ﬁ'] as const;

const predicate = fc
  .tuple(fc.constantFrom(...keys), fc.constantFrom(...values))
  .map(([key, value]) => p(key, value));
const moment = fc.integer({ min: 0, max: 9 }).map((n) => new Date(1_755_000_000_000 + n));
const bounds = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('none' as const) }) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.option(moment), fc.option(moment)).map(([a, b]) => {
      const [from, until] = a && b && a > b ? [b, a] : [a, b];
      return { kind: 'time' as const, from: from ?? undefined, until: until ?? undefined };
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('number' as const), after: fc.nat(60) }) },
);
const plan: fc.Arbitrary<FilterPlan> = fc.record({
  items: fc.array(
    fc
      .record({
        types: fc.uniqueArray(fc.constantFrom(...types), { maxLength: 3 }),
        predicates: fc.array(predicate, { maxLength: 3 }),
        mode: fc.constantFrom('any' as const, 'all' as const),
      })
      .filter((item) => item.types.length + item.predicates.length > 0),
    { maxLength: 3 },
  ),
  bounds,
});
/** What is near to a value and is not the text itself: other types, other levels. */
const content = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...values) },
  { weight: 1, arbitrary: fc.constantFrom<unknown[]>(1, null, true, ['1'], { K: '1' }) },
);
const newEvent: fc.Arbitrary<StorableEvent> = fc
  .tuple(
    fc.constantFrom(...types),
    fc.array(fc.tuple(fc.constantFrom(...keys), content), { maxLength: 4 }),
    moment,
  )
  .map(([type, fields, occurredAt]) => event(type, Object.fromEntries(fields), occurredAt));

describe('a filter', () => {
  it('finds exactly the events that it means, by query and by replay', { timeout: 120_000 }, async () => {
    const seen = { found: 0, left: 0 };
    const scene = fc.tuple(
      fc.array(newEvent, { minLength: 30, maxLength: 60, size: 'max' }),
      fc.array(plan, { minLength: 100, maxLength: 150, size: 'max' }),
    );
    await fc.assert(
      fc.asyncProperty(scene, async ([events, plans]) => {
        const stored = await storeAnew(events);
        await Promise.all(
          plans.map(async (one, index) => {
            const filter = build(numbered(one, stored));
            const expected = stored.filter((candidate) => matches(filter, candidate));
            assert.deepEqual(await read(filter, index), expected);
            seen.found += expected.length;
            seen.left += stored.length - expected.length;
          }),
        );
      }),
      { numRuns: 4 },
    );
    assert.ok(seen.found > 500 && seen.left > 500, `the comparison was empty: ${JSON.stringify(seen)}`);
  });

  it('guards an append against exactly the events that it means', { timeout: 120_000 }, async () => {
    await storeAnew([]);
    const seen = { conflicts: 0, stored: 0 };
    await fc.assert(
      fc.asyncProperty(plan, newEvent, async (one, other) => {
        // Number bounds are left out: what is new lies above them or, with a number not given yet, cannot match.
        const filter = build(one.bounds.kind === 'number' ? { ...one, bounds: { kind: 'none' } } : one);
        const { position } = await fixture.store.query(filter);
        await fixture.store.append(elsewhere, emptyPosition, [other]);
        const append = fixture.store.append(filter, position, [event('Decided')]);
        const isMet = matches(filter, { ...other, sequenceNumber: 1 as SequenceNumber });
        seen[isMet ? 'conflicts' : 'stored']++;
        if (isMet) await assert.rejects(append, { code: 'concurrency_conflict' });
        else await append;
      }),
      { numRuns: 250 },
    );
    assert.ok(seen.conflicts > 20 && seen.stored > 20, JSON.stringify(seen));
  });
});

const elsewhere = buildEventFilter().matching().anyEventTypeOf('Never').finalize();

async function storeAnew(events: readonly StorableEvent[]): Promise<readonly StoredEvent[]> {
  await fixture.pool.query('TRUNCATE events RESTART IDENTITY');
  await fixture.store.append(elsewhere, emptyPosition, events);
  return events.map((one, index) => ({ ...one, sequenceNumber: (index + 1) as SequenceNumber }));
}

/** Every third one by a replay in small batches: the two have statements of their own. */
async function read(filter: EventFilter, index: number): Promise<readonly StoredEvent[]> {
  if (index % 3 > 0) return (await fixture.store.query(filter)).events;
  return (await collect(fixture.store.replay(filter, { batchSize: 7 }))).flat();
}

/** Number bounds count from the first to a little beyond the last event. */
function numbered(one: FilterPlan, stored: readonly StoredEvent[]): FilterPlan {
  const { bounds: planned } = one;
  if (planned.kind !== 'number') return one;
  return { ...one, bounds: { kind: 'number', after: planned.after % (stored.length + 2) } };
}
