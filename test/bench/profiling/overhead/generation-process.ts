import { createRandom } from '../../../../server/lib/random.ts';
import { shuffle } from '../../eventstore/interleave.ts';
import { type Generation, type GenerationOrder, type Round, WAYS, type Way } from './generation.ts';
import type { Slice } from './slice.ts';
import { bareWay, cpuWay, phasesWay } from './ways.ts';

/** An estimate takes as long as a slice. */
const ROUNDS_PER_ESTIMATE = 8;

async function measure(order: GenerationOrder): Promise<Generation> {
  const { urls, seed, operations, warmUpRounds, seconds, samplingIntervalMicros } = order;
  await using stack = new AsyncDisposableStack();
  const options = (way: Way) => ({ url: urls[way], seed, samplingIntervalMicros });
  const ways = {
    bare: stack.use(await bareWay(options('bare'))),
    control: stack.use(await bareWay(options('control'))),
    cpu: stack.use(await cpuWay(options('cpu'))),
    phases: stack.use(await phasesWay(options('phases'))),
  };
  const turns: Way[] = [...WAYS];
  const random = createRandom(seed);
  const rounds: Round[] = [];
  const serveAll = async (round: number) => {
    shuffle(turns, random.below);
    const slices = new Map<Way, Slice>();
    const isEstimated = round >= 0 && round % ROUNDS_PER_ESTIMATE === 0;
    for (const way of turns) slices.set(way, await ways[way].slice(operations, isEstimated));
    return Object.fromEntries(slices) as Round;
  };
  for (let round = -warmUpRounds; round < 0; round++) await serveAll(round);
  const endAt = performance.now() + seconds * 1e3;
  while (performance.now() < endAt) rounds.push(await serveAll(rounds.length));
  const faults = WAYS.reduce((sum, way) => sum + ways[way].library.faults, 0);
  return { rounds, faults };
}

const [, , order = ''] = process.argv;
// Nobody is left to tell when the benchmark was interrupted.
const interrupted = () => process.exit(130);
process.once('disconnect', interrupted);
const measured = await measure(JSON.parse(order) as GenerationOrder);
process.send?.(measured);
process.off('disconnect', interrupted);
process.disconnect?.();
