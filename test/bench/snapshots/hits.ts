import type { OperationRecord } from '../../../server/handling/recording/operation-record.ts';
import { type Percentiles, percentilesOf } from '../eventstore/percentiles.ts';
import { progress } from '../eventstore/progress.ts';
import { NewerEvents } from './newer-events.ts';
import type { SnapshotBenchOptions } from './options.ts';
import { plainReplay } from './plain-replay.ts';
import type { Scene } from './scene.ts';

/** One kind of operation. Times are milliseconds. */
export interface HitRow {
  readonly work: string;
  readonly times: Percentiles;
  /** Median of each phase, longest first. */
  readonly phases: Readonly<Record<string, number>>;
  /** Of those that read the whole history, at the median. */
  readonly eventsPerSecond?: number;
  /** The aim for the median. */
  readonly aim?: number;
}

export const REBUILD = 'full rebuild';
export const PLAIN_REPLAY = 'plain replay into a map';

const AIMS = { cold: 100, warm: 3, warmAfterMany: 25 };
const NEWER = 1_000;

/**
 * Rebuilds and hits in turn, on the same database: whatever the machine is doing meanwhile meets all alike. Every round
 * stores 1,000 newer events in between.
 */
export async function measureHits(
  scene: Scene,
  { rounds, rebuilds }: Pick<SnapshotBenchOptions, 'rounds' | 'rebuilds'>,
): Promise<readonly HitRow[]> {
  const { keeper, ask, rebuild, store } = scene;
  const newer = new NewerEvents(scene.pool, (await scene.state()).values());
  const measured = new Map<string, OperationRecord[]>();
  const note = async (work: string, operation: () => Promise<OperationRecord>): Promise<void> => {
    const records = measured.get(work) ?? [];
    measured.set(work, [...records, await operation()]);
  };
  await ask();
  const rebuildEvery = Math.max(1, Math.floor(rounds / rebuilds));
  for (let round = 0; round < rounds; round += 1) {
    progress(`round ${round + 1} of ${rounds}`);
    if (round % rebuildEvery === 0) {
      await note(REBUILD, rebuild);
      await note(PLAIN_REPLAY, () => recorded(scene, PLAIN_REPLAY, () => plainReplay(store)));
    }
    await keeper.settled();
    keeper.forget();
    await note('cold, nothing newer', expecting('stored', 0, ask));
    for (let time = 0; time < 5; time += 1) await note('warm, nothing newer', expecting('warm', 0, ask));
    // The least that any answer from the database takes.
    await note('one round trip', () => recorded(scene, 'one round trip', () => scene.pool.query('SELECT 1')));
    await newer.store(NEWER);
    await note('warm, 1,000 newer events', expecting('warm', NEWER, ask));
    await keeper.settled();
    await newer.store(NEWER);
    keeper.forget();
    await note('cold, 1,000 newer events', expecting('stored', NEWER, ask));
    await keeper.settled();
  }
  const [{ bytes } = { bytes: 0 }] = await store.listSnapshots();
  progress(`the snapshot takes ${(bytes / 1e6).toFixed(2)} MB`);
  return [...measured].map(([work, records]) => rowOf(work, records));
}

/** @throws when the operation was of another kind: then the row would tell of something else */
function expecting(
  use: 'warm' | 'stored',
  eventsAfter: number,
  ask: () => Promise<OperationRecord>,
): () => Promise<OperationRecord> {
  return async () => {
    const record = await ask();
    const { snapshot } = record;
    if (snapshot?.use === use && snapshot.eventsAfter === eventsAfter) return record;
    throw new Error(`expected ${use} with ${eventsAfter} newer events, not ${JSON.stringify(snapshot)}`);
  };
}

async function recorded(
  { recorder }: Scene,
  handler: string,
  work: () => Promise<unknown>,
): Promise<OperationRecord> {
  return recorder.record({ handler, kind: 'query', iteration: 0 }, async () => {
    await work();
    return { outcome: 'answered' };
  });
}

function rowOf(work: string, records: readonly OperationRecord[]): HitRow {
  const aim = aimOf(work);
  const isWhole = work === REBUILD || work === PLAIN_REPLAY;
  return {
    work,
    times: percentilesOf(records.map(({ durationMicros }) => durationMicros / 1e3)),
    phases: phasesOf(records),
    ...(isWhole && { eventsPerSecond: percentilesOf(records.map(eventsPerSecond)).p50 }),
    ...(aim !== undefined && { aim }),
  };
}

function eventsPerSecond({ eventsReadByType, durationMicros }: OperationRecord): number {
  return Object.values(eventsReadByType).reduce((sum, count) => sum + count, 0) / (durationMicros / 1e6);
}

function aimOf(work: string): number | undefined {
  if (work === 'cold, nothing newer') return AIMS.cold;
  if (work === 'warm, nothing newer') return AIMS.warm;
  return work === 'warm, 1,000 newer events' ? AIMS.warmAfterMany : undefined;
}

function phasesOf(records: readonly OperationRecord[]): Record<string, number> {
  const names = new Set(records.flatMap(({ phases }) => phases.map(({ phase }) => phase)));
  const medians = [...names].map((name) => {
    const times = records.map(({ phases }) =>
      phases.reduce((sum, { phase, durationMicros }) => sum + (phase === name ? durationMicros : 0), 0),
    );
    return [name, percentilesOf(times).p50 / 1e3] as const;
  });
  return Object.fromEntries(medians.sort(([, a], [, b]) => b - a));
}
