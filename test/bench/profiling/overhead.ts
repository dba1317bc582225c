import { createRandom } from '../../../server/lib/random.ts';
import { BenchCluster } from '../eventstore/bench-cluster.ts';
import { shuffle } from '../eventstore/interleave.ts';
import { progress } from '../eventstore/progress.ts';
import { type Generation, type Round, WAYS, type Way, type WayOrder } from './overhead/generation.ts';
import { type OverheadReport, overheadReport, printOverhead } from './overhead/report.ts';
import type { Slice } from './overhead/slice.ts';
import { WayUnderWay } from './overhead/way-under-way.ts';

const EVENTS = 20_000;

/** Of processes, one of each way: what V8's compiler makes of a program is a little different in each. */
const GENERATIONS = 4;
/** Of measuring, in each process; with starting and warming up it takes less than five minutes on a machine that is not busy. */
const SECONDS_EACH = 50;
const WARM_UP_ROUNDS = 15;
const OPERATIONS = 200;
const INTERVAL_MICROS = 1_000;
/** An estimate takes as long as a slice. */
const ROUNDS_PER_ESTIMATE = 8;

/**
 * What a CPU profile of 1 kHz costs a simulation, alone and with phases: the simulated library, with a closed loop, in slices
 * of each way by turns. Every way has a copy of the same database, so that each does exactly the same in its n-th slice.
 */
export async function benchmarkOverhead(): Promise<OverheadReport> {
  // The processor alone is to limit what is done, or a disk would hide what measuring costs. Nor is it to be anybody's turn to clean up.
  await using cluster = await BenchCluster.start(undefined, { fsync: 'off', autovacuum: 'off' });
  const generations: Generation[] = [];
  for (let seed = 1; seed <= GENERATIONS; seed++) {
    await using stack = new AsyncDisposableStack();
    const orders: WayOrder[] = [];
    for (const way of WAYS) {
      const url = stack.use(await cluster.database(EVENTS)).url();
      orders.push({ way, url, seed, operations: OPERATIONS, samplingIntervalMicros: INTERVAL_MICROS });
    }
    progress(`processes ${seed} of ${GENERATIONS}`);
    generations.push(await generation(orders, seed));
  }
  const report = overheadReport(generations, OPERATIONS);
  printOverhead(report);
  return report;
}

/** All ways by turns, in another order each round, until the time is up. */
async function generation(orders: readonly WayOrder[], seed: number): Promise<Generation> {
  using processes = new DisposableStack();
  const ways = new Map<Way, WayUnderWay>();
  for (const order of orders) ways.set(order.way, processes.use(await WayUnderWay.start(order)));
  const turns = [...ways];
  const random = createRandom(seed);
  const rounds: Round[] = [];
  const serveAll = async (isEstimated: boolean) => {
    shuffle(turns, random.below);
    const slices = new Map<Way, Slice>();
    for (const [way, underWay] of turns) slices.set(way, await underWay.slice(isEstimated));
    return Object.fromEntries(slices) as Round;
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round++) await serveAll(false);
  const endAt = performance.now() + SECONDS_EACH * 1e3;
  while (performance.now() < endAt) rounds.push(await serveAll(rounds.length % ROUNDS_PER_ESTIMATE === 0));
  let faults = 0;
  for (const underWay of ways.values()) faults += await underWay.end();
  return { rounds, faults };
}
