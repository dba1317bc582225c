import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import type { StoredEvent } from '../../server/eventstore/storable-event.ts';
import { queryHandler } from '../../server/handling/query-handler.ts';
import { everyEvents } from '../../server/handling/snapshots/save-policy.ts';
import type { UseFigures } from '../../server/handling/snapshots/snapshot-figures.ts';
import { SnapshotKeeper } from '../../server/handling/snapshots/snapshot-keeper.ts';
import { snapshotting } from '../../server/handling/snapshots/snapshotting.ts';
import { history } from './support/history-projection.ts';
import { LateEventStore } from './support/late-event-store.ts';

interface Query {
  readonly do: 'query';
  readonly process: number;
  readonly times: number;
  /** Whether the next step comes after the answers. */
  readonly waits: boolean;
}

type Step =
  | { readonly do: 'append' }
  | { readonly do: 'appendLate' }
  | { readonly do: 'appendOther' }
  | { readonly do: 'commit' }
  | { readonly do: 'forget'; readonly process: number }
  | Query;

const processOf = fc.integer({ min: 0, max: 1 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('append', 'appendLate', 'appendOther') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('commit') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('query'),
      process: processOf,
      times: fc.integer({ min: 1, max: 3 }),
      waits: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget'), process: processOf }) },
);

for (const reading of ['in-batches', 'at-once'] as const) {
  test(`Whatever commits late and whoever asks, answers with snapshots are answers without, read ${reading}`, async () => {
    const seen = { warm: 0, stored: 0, rebuilt: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { minLength: 10, maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (steps, batchSize, saveEvery) => {
          const store = new LateEventStore();
          for (let events = 0; events < 3; events += 1) store.store('Happened', {});
          const definition = { ...history, reading };
          const faults: unknown[] = [];
          const processes = [0, 1].map(() => {
            const keeper = new SnapshotKeeper({ store, onFault: ({ fault }) => faults.push(fault) });
            const plain = queryHandler(definition, { store, batchSize });
            const handler = snapshotting(plain, definition, keeper, { policy: everyEvents(saveEvery) });
            return { keeper, ask: () => handler.handle({}) };
          });
          await live(steps, store, processes);
          await Promise.all(processes.map(({ keeper }) => keeper.settled()));
          for (const { keeper } of processes) count(seen, keeper.figures().handlers['History']);
          await isExact(store);
          assert.deepEqual(faults, []);
        },
      ),
      { numRuns: 300 },
    );
    assert.ok(seen.warm > 300 && seen.stored > 20 && seen.rebuilt > 100, JSON.stringify(seen));
  });
}

interface Process {
  readonly keeper: SnapshotKeeper;
  readonly ask: () => Promise<{ readonly result: readonly number[] }>;
}

async function live(
  steps: readonly Step[],
  store: LateEventStore,
  processes: readonly Process[],
): Promise<void> {
  const asked: Promise<void>[] = [];
  for (const step of steps) {
    switch (step.do) {
      case 'append':
        store.store('Happened', {});
        break;
      case 'appendLate':
        store.storeLate('Happened', {});
        break;
      case 'appendOther':
        store.store('Other', {});
        break;
      case 'commit':
        store.commit(store.events.length);
        break;
      case 'forget':
        await restarted(processes[step.process]?.keeper);
        break;
      case 'query':
        store.pause = differentPauses();
        for (let time = 0; time < step.times; time += 1) asked.push(asking(store, processes[step.process]));
        if (step.waits) await Promise.all(asked.splice(0));
    }
  }
  await Promise.all(asked);
}

async function restarted(keeper: SnapshotKeeper | undefined): Promise<void> {
  await keeper?.settled();
  keeper?.forget();
}

/** Different for each read, so that they come back in another order than they were asked in. */
function differentPauses(): () => Promise<void> {
  let pauses = 0;
  return async () => {
    pauses += 7;
    for (let turn = pauses % 5; turn > 0; turn -= 1) await nextTurn();
  };
}

function count(seen: { warm: number; stored: number; rebuilt: number }, uses: UseFigures | undefined): void {
  seen.warm += uses?.warm ?? 0;
  seen.stored += uses?.stored ?? 0;
  seen.rebuilt += uses?.rebuilt ?? 0;
}

/** An answer holds what was visible when it was asked for, nothing that is not visible when it comes, all in order. */
async function asking(store: LateEventStore, process: Process | undefined): Promise<void> {
  const before = numbersOf(store.visible);
  const { result = [] } = (await process?.ask()) ?? {};
  const after = new Set(numbersOf(store.visible));
  assert.deepEqual(
    result,
    [...new Set(result)].sort((a, b) => a - b),
    'each once, in order',
  );
  const answered = new Set(result);
  assert.deepEqual(
    before.filter((number) => !answered.has(number)),
    [],
    'missed',
  );
  assert.deepEqual(
    result.filter((number) => !after.has(number)),
    [],
    'not visible',
  );
}

/** What was saved holds every event up to its number, those that were committed late included, and none above. */
async function isExact(store: LateEventStore): Promise<void> {
  store.commitAll();
  const saved = await store.loadSnapshot('History v1', history.filter({}));
  if (saved === undefined) return;
  const { state } = JSON.parse(saved.data);
  const upTo = numbersOf(store.visible).filter((number) => number <= saved.sequenceNumber);
  assert.deepEqual(state, upTo);
}

function numbersOf(events: readonly StoredEvent[]): number[] {
  return events
    .filter(({ eventType }) => eventType === 'Happened')
    .map(({ sequenceNumber }) => sequenceNumber);
}
