import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  buildStorableEvent,
  type SequenceNumber,
  type StorableEvent,
} from '../../server/eventstore/storable-event.ts';
import { parseLibraryEvent } from '../../server/library/parse-library-event.ts';
import { libraryHistories } from '../../server/workload/library-histories.ts';
import { LibraryRules } from './support/library-rules.ts';

const seed = fc.nat();
const startAt = fc.date({ min: new Date('1990-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
const options = fc.record({
  seed,
  startAt,
  events: fc.nat(1_500),
  batchSize: fc.integer({ min: 1, max: 700 }),
});

test('Every history is lawful, refusals with their reasons included', () => {
  fc.assert(
    fc.property(options, (wanted) => {
      const rules = new LibraryRules();
      for (const [index, event] of [...libraryHistories(wanted)].flat().entries()) {
        const violation = rules.violationBy(parsed(event));
        assert.equal(violation, undefined, `event ${index}, ${event.eventType} ${event.payload}`);
      }
    }),
    { numRuns: 150 },
  );
});

test('There are exactly as many events as wanted, in batches of exactly the size wanted but the last', () => {
  fc.assert(
    fc.property(options, (wanted) => {
      const sizes = [...libraryHistories(wanted)].map((batch) => batch.length);
      const last = wanted.events % wanted.batchSize;
      const full = Array.from(
        { length: Math.floor(wanted.events / wanted.batchSize) },
        () => wanted.batchSize,
      );
      assert.deepEqual(sizes, last === 0 ? full : [...full, last]);
    }),
  );
});

test('The same seed gives the same events, whatever the size of the batches; another seed gives others', () => {
  fc.assert(
    fc.property(options, fc.integer({ min: 1, max: 700 }), (wanted, batchSize) => {
      const events = [...libraryHistories(wanted)].flat();
      assert.deepEqual([...libraryHistories({ ...wanted, batchSize })].flat(), events);
      const other = [...libraryHistories({ ...wanted, seed: wanted.seed + 1 })].flat();
      assert.equal(events.length > 0 && JSON.stringify(other) === JSON.stringify(events), false);
    }),
    { numRuns: 30 },
  );
});

test('Events happen after the start, one after another, while the library is open', () => {
  fc.assert(
    fc.property(options, (wanted) => {
      let last = wanted.startAt;
      for (const { occurredAt } of [...libraryHistories(wanted)].flat()) {
        assert.ok(occurredAt > last);
        const hour = occurredAt.getUTCHours();
        assert.ok(hour >= 9 && hour < 20, occurredAt.toISOString());
        last = occurredAt;
      }
    }),
    { numRuns: 30 },
  );
});

test('Every event is one that a store keeps unchanged, with ids that tell where it comes from', () => {
  fc.assert(
    fc.property(options, (wanted) => {
      const ids = new Set<string>();
      for (const event of [...libraryHistories(wanted)].flat()) {
        assert.deepEqual(buildStorableEvent(event), event);
        const { MessageID, CausationID, CorrelationID, ...nothingElse } = JSON.parse(event.metadata);
        for (const id of [MessageID, CausationID, CorrelationID]) assert.match(id, uuid);
        assert.deepEqual(nothingElse, {});
        ids.add(MessageID);
      }
      assert.equal(ids.size, wanted.events);
    }),
    { numRuns: 30 },
  );
});

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function parsed(event: StorableEvent) {
  return parseLibraryEvent({ ...event, sequenceNumber: 1 as SequenceNumber });
}
