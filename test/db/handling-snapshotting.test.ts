import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { ConcurrencyConflictError } from '../../server/eventstore/errors.ts';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import type { EventStore } from '../../server/eventstore/event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import type { SnapshotToSave } from '../../server/eventstore/snapshot.ts';
import type { StoredEvent } from '../../server/eventstore/storable-event.ts';
import { commandHandler } from '../../server/handling/command-handler.ts';
import { queryHandler } from '../../server/handling/query-handler.ts';
import { everyEvents } from '../../server/handling/snapshots/save-policy.ts';
import { SnapshotKeeper } from '../../server/handling/snapshots/snapshot-keeper.ts';
import { snapshotting } from '../../server/handling/snapshots/snapshotting.ts';
import { createRandom, type Random } from '../../server/lib/random.ts';
import { type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { history } from '../property/support/history-projection.ts';
import { count } from '../unit/support/counter-example.ts';
import { countAsText } from '../unit/support/counter-snapshot.ts';
import { slowAppendsDown, startWriters, type Writers, writers } from './support/slow-writers.ts';

const schedule = fc.record({
  seed: fc.nat(),
  appendsEach: fc.integer({ min: 10, max: 25 }),
  failing: fc.constantFrom(0, 0.2),
  batchSize: fc.integer({ min: 1, max: 50 }),
  saveEvery: fc.integer({ min: 1, max: 20 }),
  reading: fc.constantFrom('in-batches', 'at-once'),
});
type Schedule = typeof schedule extends fc.Arbitrary<infer S> ? S : never;

const anyEvent = buildEventFilter().matchingAnyEvent();

it(`answers from kept states beside ${writers} writers are answers from all events, and so is what was saved`, {
  timeout: 180_000,
}, async () => {
  await using fixture = await postgresFixture({ connections: writers + 12, appendsAtOnce: writers });
  await slowAppendsDown(fixture.pool);
  const uses = { warm: 0, stored: 0, rebuilt: 0 };
  const run = async (drawn: Schedule) => {
    await fixture.pool.query('DELETE FROM events; DELETE FROM snapshots');
    const processes = await Promise.all([0, 1].map(() => openProcess(fixture, drawn)));
    const work = startWriters(fixture.store, drawn);
    const asking = processes.flatMap((process, which) =>
      [0, 1].map((reader) => ask(process, work, createRandom(drawn.seed, which * 2 + reader))),
    );
    await Promise.all(asking);
    await work.ended;
    const { events } = await fixture.store.query(anyEvent);
    for (const { handler, keeper, saved, faults } of processes) {
      assert.deepEqual((await handler.handle({})).result, numbersOf(events));
      await keeper.settled();
      for (const snapshot of saved) isExact(snapshot, events);
      assert.deepEqual(faults, []);
      const { warm = 0, stored = 0, rebuilt = 0 } = keeper.figures().handlers['History'] ?? {};
      uses.warm += warm;
      uses.stored += stored;
      uses.rebuilt += rebuilt;
    }
  };
  await fc.assert(fc.asyncProperty(schedule, run), { numRuns: 6 });
  assert.ok(uses.warm > 30 && uses.stored > 5 && uses.rebuilt > 5, JSON.stringify(uses));
});

it('commands that decide on kept states never pass the limit, whoever decides at the same time', {
  timeout: 120_000,
}, async () => {
  await using fixture = await postgresFixture({ connections: writers + 4, appendsAtOnce: writers });
  const stores = await Promise.all([0, 1].map(() => openPostgresEventStore({ primary: fixture.pool })));
  const definition = { ...count, ...countAsText };
  const processes = stores.map((store) => {
    const keeper = new SnapshotKeeper({ store });
    const plain = commandHandler(definition, { store });
    return { keeper, handler: snapshotting(plain, definition, keeper, { policy: everyEvents(1) }) };
  });
  const random = createRandom(5);
  let conflicts = 0;
  const attempt = async (counters: readonly string[]): Promise<void> => {
    const { handler, keeper } = random.pick(processes);
    if (random.chance(0.1)) keeper.forget();
    try {
      await handler.handle({ counter: random.pick(counters), upTo: 30 });
    } catch (fault) {
      if (!(fault instanceof ConcurrencyConflictError)) throw fault;
      conflicts += 1;
    }
  };
  // Twelve appends fill a round's counters: it may happen that none of them meets another one.
  for (let round = 0; round < 20 && conflicts === 0; round += 1) {
    const counters = ['a', 'b', 'c', 'd'].map((name) => `${name}${round}`);
    const work = async () => {
      for (let turn = 0; turn < 60; turn += 1) await attempt(counters);
    };
    await Promise.all(Array.from({ length: writers }, work));
    for (const counter of counters) {
      const { events } = await fixture.store.query(count.filter({ counter }));
      assert.equal(events.length, 3, `${counter} is full and no fuller`);
    }
  }
  await Promise.all(processes.map(({ keeper }) => keeper.settled()));
  assert.ok(conflicts > 0, 'nobody decided at the same time');
});

interface Process {
  readonly store: EventStore;
  readonly keeper: SnapshotKeeper;
  readonly handler: { handle(input: object): Promise<{ readonly result: readonly number[] }> };
  readonly saved: readonly SnapshotToSave[];
  readonly faults: readonly unknown[];
}

/** Another process knows other floors, and has states of its own. */
async function openProcess(
  { pool }: PostgresFixture,
  { batchSize, saveEvery, reading }: Schedule,
): Promise<Process> {
  const store = await openPostgresEventStore({ primary: pool });
  const saved: SnapshotToSave[] = [];
  const faults: unknown[] = [];
  const noting: EventStore = Object.assign(Object.create(store), {
    query: store.query.bind(store),
    loadSnapshot: store.loadSnapshot.bind(store),
    saveSnapshot: (snapshot: SnapshotToSave) => {
      saved.push(snapshot);
      return store.saveSnapshot(snapshot);
    },
  });
  const keeper = new SnapshotKeeper({ store: noting, onFault: ({ fault }) => faults.push(fault) });
  const definition = { ...history, reading, filter: () => anyEvent };
  const plain = queryHandler(definition, { store, batchSize });
  const handler = snapshotting(plain, definition, keeper, { policy: everyEvents(saveEvery) });
  return { store, keeper, handler, saved, faults };
}

/** An answer holds what was visible before it was asked for and nothing that is not visible after it, in order. */
async function ask({ store, handler, keeper }: Process, work: Writers, random: Random): Promise<void> {
  while (work.areWriting) {
    const before = numbersOf((await store.query(anyEvent)).events);
    const { result } = await handler.handle({});
    const after = new Set(numbersOf((await store.query(anyEvent)).events));
    assert.deepEqual(
      result,
      [...new Set(result)].sort((a, b) => a - b),
    );
    const answered = new Set(result);
    assert.ok(
      before.every((number) => answered.has(number)),
      'missed',
    );
    assert.ok(
      result.every((number) => after.has(number)),
      'not stored',
    );
    if (random.chance(0.3)) {
      await keeper.settled();
      keeper.forget();
    }
  }
}

function isExact({ sequenceNumber, data }: SnapshotToSave, events: readonly StoredEvent[]): void {
  const upTo = numbersOf(events).filter((number) => number <= sequenceNumber);
  assert.deepEqual(JSON.parse(data).state, upTo, `the state that was saved at ${sequenceNumber}`);
}

function numbersOf(events: readonly StoredEvent[]): number[] {
  return events.map(({ sequenceNumber }) => sequenceNumber);
}
