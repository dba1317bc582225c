import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import type { EventStore } from '../../server/eventstore/event-store.ts';
import type { SnapshotToSave } from '../../server/eventstore/snapshot.ts';
import type { StoredEvent } from '../../server/eventstore/storable-event.ts';
import { createRandom, type Random } from '../../server/lib/random.ts';
import { postgresFixture } from '../contract/event-store-fixture.ts';
import { ofWriters, slowAppendsDown, startWriters, type Writers, writers } from './support/slow-writers.ts';

/** How often each event of each writer was folded: one that is missed or taken twice shows. */
type Counts = Readonly<Record<string, number>>;

const schedule = fc.record({
  seed: fc.nat(),
  appendsEach: fc.integer({ min: 4, max: 10 }),
  failing: fc.constantFrom(0, 0.2),
  folders: fc.integer({ min: 1, max: 4 }),
  filter: fc.constantFrom(buildEventFilter().matchingAnyEvent(), ofWriters(0, 5, 10, 15)),
});

it(`states that are folded on from snapshots beside ${writers} writers are the fold of all events up to their number`, {
  timeout: 120_000,
}, async () => {
  await using fixture = await postgresFixture({ connections: writers + 8, appendsAtOnce: writers });
  const { store, pool } = fixture;
  await slowAppendsDown(pool);
  const run = async ({
    folders,
    filter,
    ...writing
  }: typeof schedule extends fc.Arbitrary<infer S> ? S : never) => {
    await pool.query('DELETE FROM events; DELETE FROM snapshots');
    const work = startWriters(store, writing);
    const folding = Array.from({ length: folders }, (_, folder) =>
      foldWhileWriting(store, { filter, work, random: createRandom(writing.seed, 100 + folder) }),
    );
    const saved = (await Promise.all(folding)).flat();
    await work.ended;
    const { answer } = await foldOn(store, filter);
    const { events } = await store.query(filter);
    assert.deepEqual(answer, fold({}, events));
    for (const { sequenceNumber, data } of saved) {
      const upTo = events.filter((found) => found.sequenceNumber <= sequenceNumber);
      assert.deepEqual(JSON.parse(data), fold({}, upTo), `the state that was saved at ${sequenceNumber}`);
    }
  };
  await fc.assert(fc.asyncProperty(schedule, run), { numRuns: 8 });
});

interface Folding {
  readonly filter: EventFilter;
  readonly work: Writers;
  readonly random: Random;
}

/** Several do this at once: one saves what another one goes on from. Gives what it saved. */
async function foldWhileWriting(
  store: EventStore,
  { filter, work, random }: Folding,
): Promise<SnapshotToSave[]> {
  const saved: SnapshotToSave[] = [];
  while (work.areWriting) {
    const { settled, maxSequenceNumber: sequenceNumber } = await foldOn(store, filter);
    const snapshot = { projectionType: 'Counts', filter, sequenceNumber, data: JSON.stringify(settled) };
    await store.saveSnapshot(snapshot);
    saved.push(snapshot);
    if (random.chance(0.05)) await store.deleteSnapshot('Counts', filter);
  }
  return saved;
}

/** What a reader answers, and what of it can be saved: the state with the events up to the number to go on from. */
async function foldOn(store: EventStore, filter: EventFilter) {
  const snapshot = await store.loadSnapshot('Counts', filter);
  const tail = filter
    .reopenForSequenceFiltering()
    .withSequenceNumberHigherThan(snapshot?.sequenceNumber ?? 0);
  const { events, maxSequenceNumber } = await store.query(tail);
  const saved = JSON.parse(snapshot?.data ?? '{}') as Counts;
  const settled = events.filter(({ sequenceNumber }) => sequenceNumber <= maxSequenceNumber);
  return { answer: fold(saved, events), settled: fold(saved, settled), maxSequenceNumber };
}

function fold(counts: Counts, events: readonly StoredEvent[]): Counts {
  const folded: Record<string, number> = { ...counts };
  for (const { payload } of events) folded[payload] = (folded[payload] ?? 0) + 1;
  return folded;
}
