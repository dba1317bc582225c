import type pg from 'pg';
import { openPostgresEventStore } from '../../../server/eventstore/postgres/open-event-store.ts';
import {
  createOperationRecorder,
  type OperationRecorder,
} from '../../../server/handling/recording/operation-recorder.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { createRandom } from '../../../server/lib/random.ts';
import { BorderClock } from '../../../server/profiling/capture/border-clock.ts';
import { watchGc } from '../../../server/profiling/capture/gc-watch.ts';
import { v8CpuCollector } from '../../../server/profiling/capture/v8-cpu-collector.ts';
import type { MeasuringCost } from '../../../server/protocol/measuring-cost.ts';
import { table } from '../../../server/protocol/table.ts';
import { measuringCost } from '../../../server/runner/measuring-cost.ts';
import { exampleHandlers } from '../../../server/workload/example-handlers.ts';
import type { RunnableHandler } from '../../../server/workload/runnable-handler.ts';
import { benchPool } from '../eventstore/arena.ts';
import { BenchCluster } from '../eventstore/bench-cluster.ts';
import { shuffle } from '../eventstore/interleave.ts';
import { type Summary, summarise } from '../summary.ts';
import { unobserved } from './unobserved.ts';

const ROUNDS = 25;
const STRETCH_MS = 700;
const WORKERS = 4;
const INTERVAL_MICROS = 1_000;
const EVENTS = 20_000;

/** Of throughput, at 1 kHz. */
const AIMS = { cpu: 0.03, phases: 0.05 };

/** What a mix of the library's operations looks like: as in a simulation, one in five asks and the others change something. */
const MIX = [
  'RegisterReader',
  'AddBookCopyToCirculation',
  'RegisterReader',
  'AddBookCopyToCirculation',
  'BooksLentByReader',
];

type Way = 'bare' | 'cpu' | 'phases';

/** Of the stretches, each against the bare one of its round: the middle, and the quarters around it. */
interface Shares {
  readonly median: number;
  readonly quarters: readonly [number, number];
}

interface Stretch {
  readonly perSecond: number;
  /** Of the whole process, V8's sampling thread with it. */
  readonly cpuMicrosEach: number;
  readonly cost?: MeasuringCost;
}

export interface OverheadReport {
  readonly rounds: number;
  readonly operationsPerSecond: Readonly<Record<Way, Summary>>;
  /** What is lost of the bare throughput, each stretch against the bare one of its round. */
  readonly throughputLost: Readonly<Record<Exclude<Way, 'bare'>, Shares>>;
  readonly cpuAdded: Readonly<Record<Exclude<Way, 'bare'>, Shares>>;
  /** What a profile run says of itself: for the stretches with phases. */
  readonly estimated: Shares;
}

/**
 * What a CPU profile of 1 kHz costs the operations of a library, alone and with phases: the same mix of commands and
 * queries, four at a time and as fast as they go, in stretches of each way by turns in one process.
 */
export async function benchmarkOverhead(): Promise<OverheadReport> {
  await using cluster = await BenchCluster.start();
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cluster.database(EVENTS));
  const pool = stack.adopt(benchPool(database.url()), (opened) => opened.end());
  const borders = new BorderClock(systemClock);
  const bare = await handlersOf(pool, unobserved, 1);
  const phased = await handlersOf(pool, createOperationRecorder(borders), 2);
  const ways: Record<Way, (from: number) => Promise<Stretch>> = {
    bare: (from) => stretch(bare, from),
    cpu: (from) => profiled(bare, from),
    phases: (from) => profiled(phased, from, borders),
  };
  const results: Record<Way, Stretch[]> = { bare: [], cpu: [], phases: [] };
  const order: Way[] = ['bare', 'cpu', 'phases'];
  const random = createRandom(ROUNDS);
  let iteration = 0;
  for (let round = -2; round < ROUNDS; round++) {
    shuffle(order, random.below);
    for (const way of order) {
      const measured = await ways[way](iteration);
      iteration += 100_000;
      if (round >= 0) results[way].push(measured);
    }
  }
  const report = reportOf(results);
  print(report);
  return report;
}

async function handlersOf(
  pool: pg.Pool,
  recorder: OperationRecorder,
  seed: number,
): Promise<RunnableHandler[]> {
  const store = await openPostgresEventStore({
    primary: pool,
    ...(recorder === unobserved ? {} : { instrumentation: { recorder } }),
  });
  const runId = `overhead-${seed}`;
  const all = exampleHandlers({ store, recorder, clock: systemClock, seed, runId });
  const { signal } = new AbortController();
  return await Promise.all(
    MIX.map(async (name) => {
      const handler = all.find((candidate) => candidate.name === name);
      if (handler === undefined) throw new Error(`There is no handler ${name}`);
      await handler.prepare?.(signal, () => undefined);
      return handler;
    }),
  );
}

async function stretch(handlers: readonly RunnableHandler[], from: number): Promise<Stretch> {
  const { signal } = new AbortController();
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  let next = from;
  const work = async () => {
    while (performance.now() - start < STRETCH_MS) {
      const iteration = next++;
      await handlers[iteration % handlers.length]?.execute(iteration, signal);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  const seconds = (performance.now() - start) / 1e3;
  const { user, system } = process.cpuUsage(cpuBefore);
  const operations = next - from;
  return { perSecond: operations / seconds, cpuMicrosEach: (user + system) / operations };
}

/** Starting and stopping are outside of the stretch, as they are outside of a run's operations. */
async function profiled(
  handlers: readonly RunnableHandler[],
  from: number,
  borders?: BorderClock,
): Promise<Stretch> {
  const collector = v8CpuCollector(systemClock);
  await using capture = await collector.start({ samplingIntervalMicros: INTERVAL_MICROS });
  using gc = watchGc(systemClock);
  const bordersBefore = borders?.borders ?? 0;
  const measured = await stretch(handlers, from);
  const crossed = (borders?.borders ?? 0) - bordersBefore;
  await gc.stop();
  const captured = await capture.stop();
  if (borders === undefined) return measured;
  // Several operations at a time: they have no more of the processor together than the stretch is long.
  const operationMicros = STRETCH_MS * 1e3;
  const { signal } = new AbortController();
  return {
    ...measured,
    cost: await measuringCost({ capture: captured, collector, borders: crossed, operationMicros, signal }),
  };
}

function reportOf(results: Readonly<Record<Way, readonly Stretch[]>>): OverheadReport {
  const perSecond = (way: Way) => summarise(results[way].map((one) => one.perSecond));
  const against = (way: Way, ratio: (one: Stretch, bare: Stretch) => number) =>
    sharesOf(results[way].map((one, round) => ratio(one, results.bare[round] ?? one)));
  const lost = (way: Way) => against(way, (one, bare) => 1 - one.perSecond / bare.perSecond);
  const added = (way: Way) => against(way, (one, bare) => one.cpuMicrosEach / bare.cpuMicrosEach - 1);
  return {
    rounds: ROUNDS,
    operationsPerSecond: { bare: perSecond('bare'), cpu: perSecond('cpu'), phases: perSecond('phases') },
    throughputLost: { cpu: lost('cpu'), phases: lost('phases') },
    cpuAdded: { cpu: added('cpu'), phases: added('phases') },
    estimated: sharesOf(results.phases.map(({ cost }) => cost?.share ?? 0)),
  };
}

function sharesOf(values: readonly number[]): Shares {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return { median: at(0.5), quarters: [at(0.25), at(0.75)] };
}

function print({ rounds, operationsPerSecond, throughputLost, cpuAdded, estimated }: OverheadReport): void {
  const percent = ({ median, quarters: [low, high] }: Shares) =>
    `${(median * 100).toFixed(1)} % (${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)})`;
  const rows = (['cpu', 'phases'] as const).map((way) => [
    way === 'cpu' ? 'CPU profile at 1 kHz' : 'CPU profile at 1 kHz with phases',
    operationsPerSecond[way].median.toFixed(0),
    percent(throughputLost[way]),
    percent(cpuAdded[way]),
    `${AIMS[way] * 100} %`,
  ]);
  const columns = ['way', 'operations/s', 'throughput lost', 'CPU time added', 'aim'];
  console.log(
    [
      `Overhead, ${rounds} stretches of each way by turns; bare ${operationsPerSecond.bare.median.toFixed(0)} operations/s`,
      table(columns, [...rows], [0]),
      `A profile run's own estimate of its cost: ${percent(estimated)}`,
    ].join('\n'),
  );
}
