import { openPool } from '../../../server/database/pool.ts';
import { importEvents } from '../../../server/eventstore/postgres/import-events.ts';
import { migrateEventStore } from '../../../server/eventstore/postgres/migrate-event-store.ts';
import { openPostgresEventStore } from '../../../server/eventstore/postgres/open-event-store.ts';
import { createOperationRecorder } from '../../../server/handling/recording/operation-recorder.ts';
import { SnapshotKeeper } from '../../../server/handling/snapshots/snapshot-keeper.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { DirtyWorld } from '../../../server/workload/dirty-world/dirty-world.ts';
import type { DirtyWorldOptions } from '../../../server/workload/dirty-world/dirty-world-options.ts';
import { libraryHistories } from '../../../server/workload/library-histories.ts';
import { realPace } from '../../../server/workload/simulation/pace.ts';
import { simulate } from '../../../server/workload/simulation/simulate.ts';
import type { SimulationResult } from '../../../server/workload/simulation/simulation-dependencies.ts';
import type { SimulationOptions } from '../../../server/workload/simulation/simulation-options.ts';
import type { SecondFigures } from '../../../server/workload/simulation/summary.ts';
import { query } from './query.ts';
import { type TestDatabase, testDatabase } from './test-database.ts';

export interface LifeOptions extends Partial<SimulationOptions> {
  readonly dirtyWorld?: DirtyWorldOptions;
  /** Where the simulation finds the database, when not where it is. */
  readonly url?: string;
  readonly signal?: AbortSignal;
  readonly onSecond?: (figures: SecondFigures) => void;
  /** Called when it is over, before its connections are closed. */
  readonly onOver?: () => void;
}

export interface Life extends SimulationResult {
  /** What was said in its course. */
  readonly log: readonly string[];
  /** Of all events in the store. */
  readonly eventsBefore: number;
  readonly eventsAfter: number;
  /** As performance.now() has it. */
  readonly overAt: number;
}

/** A database with a library in it that can be let live. */
export interface SimulatedLibrary extends AsyncDisposable {
  readonly url: string;
  live(options?: LifeOptions): Promise<Life>;
}

export async function simulatedLibrary(events: number): Promise<SimulatedLibrary> {
  const database = await testDatabase();
  await migrateEventStore({ primary: database.url });
  if (events > 0) await fill(database, events);
  return {
    url: database.url,
    live: (options = {}) => live(database.url, options),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

async function fill({ url }: TestDatabase, events: number): Promise<void> {
  const pool = poolFor(url, 2);
  try {
    await importEvents(
      pool,
      libraryHistories({ events, seed: 1, startAt: new Date('2025-01-02T09:00:00Z') }),
    );
    await pool.query('ANALYZE events');
  } finally {
    await pool.end();
  }
}

const usual: SimulationOptions = {
  seed: 1,
  durationSeconds: 3,
  rate: 60,
  workers: 6,
  activeReaders: 40,
  contentionPercent: 2,
  queryPercent: 10,
  lendingPercent: 70,
  circulationPercent: 25,
  readersPercent: 5,
  rhythm: 'steady',
  outageSeconds: 20,
};

async function live(databaseUrl: string, options: LifeOptions): Promise<Life> {
  const { dirtyWorld, url = databaseUrl, signal, onSecond, onOver, ...given } = options;
  const simulation = { ...usual, ...given };
  const pool = poolFor(url, simulation.workers + 2);
  const recorder = createOperationRecorder(systemClock);
  let conflicts = 0;
  const plainStore = await openPostgresEventStore({
    primary: pool,
    instrumentation: {
      recorder: {
        ...recorder,
        operationEnded: (_, { outcome }) => {
          if (outcome === 'conflict') conflicts += 1;
        },
      },
    },
  });
  const dirty = dirtyWorld && new DirtyWorld(dirtyWorld, { seed: simulation.seed });
  const store = dirty?.store(plainStore) ?? plainStore;
  const keeper = new SnapshotKeeper({ store, recorder, onFault: () => undefined });
  const correlationID = `simulation ${crypto.randomUUID()}`;
  const log: string[] = [];
  const eventsBefore = await countEvents(databaseUrl);
  try {
    const result = await simulate(
      simulation,
      {
        store,
        plainStore,
        recorder,
        pace: realPace(systemClock),
        keeper,
        ...(dirty && { dirtyWorld: dirty }),
        conflicts: () => conflicts,
        correlationID,
        countStored: () => countEvents(databaseUrl, correlationID),
        report: {
          progress: () => undefined,
          second: (figures) => onSecond?.(figures),
          log: (line) => log.push(line),
        },
      },
      signal ?? new AbortController().signal,
    );
    const overAt = performance.now();
    onOver?.();
    await keeper.settled();
    return { ...result, log, overAt, eventsBefore, eventsAfter: await countEvents(databaseUrl) };
  } finally {
    await pool.end();
  }
}

function poolFor(url: string, max: number) {
  return openPool({ connectionString: url, applicationName: 'simulation tests', max, log: () => undefined });
}

async function countEvents(url: string, correlationID?: string): Promise<number> {
  const where = correlationID === undefined ? '' : ` WHERE metadata ->> 'CorrelationID' = '${correlationID}'`;
  const [row] = await query(url, `SELECT count(*)::int AS count FROM events${where}`);
  return (row as { count: number }).count;
}
