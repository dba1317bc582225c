import { fork } from 'node:child_process';
import path from 'node:path';
import { BenchCluster } from '../eventstore/bench-cluster.ts';
import { progress } from '../eventstore/progress.ts';
import type { Generation, GenerationOrder } from './overhead/generation.ts';
import { type OverheadReport, overheadReport, printOverhead } from './overhead/report.ts';

const EVENTS = 20_000;

/** Processes one after the other: what V8's compiler makes of a program is a little different in each. */
const GENERATIONS = 4;
/** Of measuring, in each process; with starting and warming up it takes less than five minutes on a machine that is not busy. */
const SECONDS_EACH = 50;
const WARM_UP_ROUNDS = 15;
const OPERATIONS = 200;
const INTERVAL_MICROS = 1_000;

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
    const database = async () => stack.use(await cluster.database(EVENTS)).url();
    const urls = {
      bare: await database(),
      control: await database(),
      cpu: await database(),
      phases: await database(),
    };
    progress(`process ${seed} of ${GENERATIONS}`);
    generations.push(
      await generation({
        urls,
        seed,
        operations: OPERATIONS,
        warmUpRounds: WARM_UP_ROUNDS,
        seconds: SECONDS_EACH,
        samplingIntervalMicros: INTERVAL_MICROS,
      }),
    );
  }
  const report = overheadReport(generations, OPERATIONS);
  printOverhead(report);
  return report;
}

const program = path.join(import.meta.dirname, 'overhead/generation-process.ts');

/** @throws when the process ends without having measured anything */
async function generation(order: GenerationOrder): Promise<Generation> {
  const { promise: ended, resolve, reject } = Promise.withResolvers<number | null>();
  const execArgv = [...process.execArgv, '--expose-gc'];
  const child = fork(program, [JSON.stringify(order)], { execArgv });
  let measured: Generation | undefined;
  child.on('message', (message: Generation) => {
    measured = message;
  });
  child.once('error', reject).once('close', resolve);
  const code = await ended;
  if (measured === undefined || code !== 0) throw new Error(`The simulation ended with code ${code}`);
  return measured;
}
