import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type {
  SafeSequenceNumber,
  SequenceNumber,
  StoredEvent,
} from '../../server/eventstore/storable-event.ts';
import { KeptState } from '../../server/handling/folding/kept-state.ts';
import { Rebuild } from '../../server/handling/folding/rebuild.ts';

const project = (numbers: number[], events: readonly number[]) => {
  numbers.push(...events);
  return numbers;
};

test('However the history comes and however much of it is in doubt, all is answered and exactly the settled is kept', () => {
  let [kept, cut] = [0, 0];
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 40 }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 110 })), {
        minLength: 40,
        maxLength: 40,
      }),
      fc.integer({ min: 0, max: 110 }),
      fc.integer({ min: 1, max: 10 }),
      (unsorted, batches, settledAtEnd, maxWaiting) => {
        const numbers = unsorted.toSorted((a, b) => a - b);
        const state = KeptState.empty<number[]>([], (held) => [...held]);
        const rebuild = new Rebuild<number[], number>({ kept: state, initialState: [], project, maxWaiting });
        let given = 0;
        let reached = 0;
        for (const [size, settled] of batches) {
          const batch = numbers.slice(given, given + size);
          given += batch.length;
          // Never further than what was read, and never back.
          reached = Math.max(reached, Math.min(settled, batch.at(-1) ?? reached));
          rebuild.add(batch.map(stored), batch, reached as SafeSequenceNumber);
        }
        reached = Math.max(reached, Math.min(settledAtEnd, numbers.at(-1) ?? 0));
        assert.deepEqual(rebuild.finish(reached as SafeSequenceNumber), numbers);
        const { folded } = state;
        assert.ok(folded.sequenceNumber <= reached);
        assert.deepEqual(
          folded.state,
          numbers.filter((number) => number <= folded.sequenceNumber),
        );
        assert.equal(folded.last?.sequenceNumber, folded.state.at(-1));
        if (folded.state.length > 0) kept += 1;
        if (folded.sequenceNumber < reached) cut += 1;
      },
    ),
    { numRuns: 2_000 },
  );
  assert.ok(kept > 500 && cut > 50, `${kept} ${cut}`);
});

function stored(number: number): StoredEvent {
  return {
    sequenceNumber: number as SequenceNumber,
    eventType: 'Happened',
    occurredAt: new Date(number),
    payload: '{}',
    metadata: '{}',
  };
}
