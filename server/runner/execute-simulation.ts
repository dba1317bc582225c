import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { EventStoreRecorder } from '../eventstore/instrumentation.ts';
import { openPostgresEventStore } from '../eventstore/postgres/open-event-store.ts';
import type { SequenceNumber } from '../eventstore/storable-event.ts';
import { createOperationRecorder } from '../handling/recording/operation-recorder.ts';
import { retrySettings } from '../handling/retrying/retry-settings.ts';
import { SnapshotKeeper } from '../handling/snapshots/snapshot-keeper.ts';
import { systemClock } from '../lib/clock.ts';
import { describeError } from '../lib/describe-error.ts';
import { writeFileAtomically } from '../lib/write-file-atomically.ts';
import type { Artifact } from '../protocol/artifact.ts';
import { SIMULATION_FILE } from '../protocol/run-files.ts';
import type { SimulationRequest } from '../protocol/simulation-request.ts';
import { type SimulationResult, simulationResultSchema } from '../protocol/simulation-result.ts';
import { DirtyWorld } from '../workload/dirty-world/dirty-world.ts';
import { realPace } from '../workload/simulation/pace.ts';
import { simulate } from '../workload/simulation/simulate.ts';
import type { SimulationResult as Simulated } from '../workload/simulation/simulation-dependencies.ts';
import type { SimulationOptions } from '../workload/simulation/simulation-options.ts';
import type { SecondFigures } from '../workload/simulation/summary.ts';
import { uuidOf } from '../workload/uuid.ts';
import { cleanedSnapshots } from './cleaned-snapshots.ts';
import type { RunContext } from './run-context.ts';

/** A run that ended before it was done and has a result all the same. `cause` says why; none when somebody wanted it. */
export class EndedEarlyError extends Error {
  override readonly name = 'EndedEarlyError';
  readonly result: SimulationResult;

  constructor(result: SimulationResult, cause: unknown) {
    super('The simulation ended early', { cause });
    this.result = result;
  }
}

// For the probe of a database that was gone, and for whoever looks what became of an append.
const SPARE_CONNECTIONS = 2;

// Snapshots that are being saved; without them the next run folds a little more.
const SAVES_WITHIN_MS = 1_000;

/** Connections of the pool for a simulation: waiting for one would be taken for the store's slowness. */
export function connectionsOf({ workers }: SimulationRequest): number {
  return workers + SPARE_CONNECTIONS;
}

/**
 * Lets a library live on the event store and writes down how it went, also when it was ended early.
 * @throws EndedEarlyError with the result of what was done by then
 */
export async function executeSimulation(
  request: SimulationRequest,
  pool: pg.Pool,
  context: RunContext,
): Promise<SimulationResult> {
  const { signal, progress, log, metrics, order } = context;
  const conflicts = new ConflictCounter();
  const recorder = createOperationRecorder(systemClock);
  const plainStore = await openPostgresEventStore({
    primary: pool,
    instrumentation: { recorder: { ...recorder, operationEnded: conflicts.operationEnded } },
  });
  const dirtyWorld = dirtyWorldOf(request);
  const correlationID = uuidOf(`${order.runId}/conversation`);
  const store = dirtyWorld?.store(plainStore) ?? plainStore;
  const keeper = new SnapshotKeeper({
    store,
    inventory: plainStore,
    recorder,
    onFault: ({ handler, what, fault }) =>
      log(`A snapshot of ${handler} failed to ${what}: ${describeError(fault).message}`),
  });
  await using _ = request.snapshots ? cleanedSnapshots(plainStore, context) : undefined;
  const simulated = await simulate(
    optionsOf(request),
    {
      store,
      plainStore,
      recorder,
      pace: realPace(systemClock),
      retries: retrySettings(context.order.retries, process.env),
      ...(request.snapshots && { keeper }),
      ...(dirtyWorld && { dirtyWorld }),
      conflicts: () => conflicts.count,
      correlationID,
      countStored: (after) => countStored(pool, { after, correlationID }),
      report: { progress, log, second: (figures) => metrics(metricsOf(figures)) },
    },
    signal,
  );
  await Promise.race([keeper.settled(), delay(SAVES_WITHIN_MS)]);
  const artifacts = [await writeArtifact(order.directory, request, simulated)];
  const { summary } = simulated;
  const result = simulationResultSchema.parse({ kind: 'simulation', summary, artifacts });
  if (summary.end !== 'finished') throw new EndedEarlyError(result, simulated.fault);
  return result;
}

/** Counts the conflicts of the database, whoever runs into them and however often they try again. */
class ConflictCounter {
  count = 0;

  readonly operationEnded: NonNullable<EventStoreRecorder['operationEnded']> = (_operation, { outcome }) => {
    if (outcome === 'conflict') this.count += 1;
  };
}

function dirtyWorldOf(request: SimulationRequest): DirtyWorld | undefined {
  const rates = {
    businessErrors: request.businessErrorsPercent / 100,
    conflicts: request.conflictsPercent / 100,
    slowQueries: request.slowQueriesPercent / 100,
    cancelled: request.cancelledPercent / 100,
    timedOut: request.timedOutPercent / 100,
  };
  if (Object.values(rates).every((rate) => rate === 0)) return undefined;
  return new DirtyWorld({ ...rates, slowByMs: request.slowQueryMillis }, { seed: request.seed });
}

function optionsOf(request: SimulationRequest): SimulationOptions {
  const { daySeconds, books, readers, p99BoundMillis, ...rest } = request;
  return {
    ...rest,
    ...(daySeconds !== undefined && { daySeconds }),
    ...(books !== undefined && { books }),
    ...(readers !== undefined && { readers }),
    ...(p99BoundMillis !== undefined && { p99BoundMillis }),
  };
}

interface StoredEvents {
  /** Number of the last event before the simulation. */
  readonly after: SequenceNumber;
  readonly correlationID: string;
}

async function countStored(pool: pg.Pool, { after, correlationID }: StoredEvents): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM events
     WHERE sequence_number > $1 AND metadata ->> 'CorrelationID' = $2`,
    [after, correlationID],
  );
  return rows[0]?.count ?? 0;
}

function metricsOf({ p99Micros, ...counts }: SecondFigures): Record<string, number> {
  return { ...counts, p99Millis: p99Micros / 1000 };
}

async function writeArtifact(
  directory: string,
  request: SimulationRequest,
  { summary, series }: Simulated,
): Promise<Artifact> {
  const text = `${JSON.stringify({ version: 1, request, summary, series }, null, 1)}\n`;
  const data = Buffer.from(text);
  await writeFileAtomically(path.join(directory, SIMULATION_FILE), data);
  return { name: SIMULATION_FILE, mediaType: 'application/json', bytes: data.byteLength };
}
