import { createRandom } from '../../../server/lib/random.ts';
import { type Percentiles, percentilesOf } from './percentiles.ts';
import { progress } from './progress.ts';

/** A plan that went wrong makes an operation a thousand times as slow; it must show, not keep everybody waiting. */
const LONGEST_MILLISECONDS = 90_000;
const FEWEST_ROUNDS = 30;

/** The same work done in several ways; `prepare` makes its input outside of the measured time. */
export interface Contest<Input, Way extends string> {
  readonly prepare: () => Input | Promise<Input>;
  readonly ways: Readonly<Record<Way, (input: Input) => Promise<unknown>>>;
}

/**
 * Milliseconds of each way, one operation at a time. Every round does each way once, in random order and each with an
 * input of its own: whatever the machine is doing meanwhile meets all ways alike.
 */
export async function interleave<Input, Way extends string>(
  { prepare, ways }: Contest<Input, Way>,
  { rounds, warmUp = Math.ceil(rounds / 10) }: { readonly rounds: number; readonly warmUp?: number },
): Promise<Record<Way, Percentiles>> {
  const random = createRandom(rounds);
  const order = (Object.keys(ways) as Way[]).map((name) => ({ name, times: [] as number[] }));
  const endAt = performance.now() + LONGEST_MILLISECONDS;
  for (let round = -warmUp; round < rounds; round++) {
    if (round > FEWEST_ROUNDS && performance.now() > endAt) {
      progress(`too slow: ${round} rounds of ${rounds}`);
      break;
    }
    shuffle(order, random.below);
    for (const { name, times } of order) {
      const input = await prepare();
      const work = ways[name];
      const startedAt = performance.now();
      await work(input);
      const milliseconds = performance.now() - startedAt;
      if (round >= 0) times.push(milliseconds);
    }
  }
  return Object.fromEntries(order.map(({ name, times }) => [name, percentilesOf(times)])) as Record<
    Way,
    Percentiles
  >;
}

/** In place, every order equally likely (Fisher and Yates). */
export function shuffle(items: unknown[], below: (limit: number) => number): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = below(last + 1);
    [items[last], items[other]] = [items[other], items[last]];
  }
}
