import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../server/lib/random.ts';
import { searchRate, type TrialFigures } from '../../server/workload/simulation/rate-search.ts';

const BOUND = 20_000;

/** A store that answers in 5 ms and queues without end above its capacity. */
function storeOf(capacity: number): (rate: number) => TrialFigures {
  return (rate) => ({
    served: Math.min(rate, capacity),
    p99Micros: rate >= capacity ? 1e6 : 5_000 / (1 - rate / capacity),
    failed: 0,
  });
}

interface SearchOptions {
  readonly first?: number;
  readonly most?: number;
  readonly trialsLeft?: number;
}

async function search(
  measure: (rate: number) => TrialFigures,
  { first = 100, most = 20_000, trialsLeft = 1_000 }: SearchOptions = {},
) {
  let left = trialsLeft;
  return await searchRate({
    boundMicros: BOUND,
    first,
    most,
    measure: async (rate) => measure(rate),
    isTimeUp: () => {
      left -= 1;
      return left < 0;
    },
  });
}

// 5 ms / (1 - rate/capacity) is the bound at three quarters of the capacity.
for (const [capacity, first] of [
  [1_000, 100],
  [1_000, 5_000],
  [13, 100],
  [17_000, 200],
] as const) {
  test(`The highest rate of a store for ${capacity}/s is found from ${first}/s, within 10 %`, async () => {
    const found = await search(storeOf(capacity), { first });
    assert.equal(found.isComplete, true);
    const truth = 0.75 * capacity;
    assert.ok(found.rate <= truth * 1.0001 && found.rate >= truth / 1.11, `${found.rate} of ${truth}`);
    assert.ok(found.trials.some(({ rate, holds }) => rate === found.rate && holds));
    assert.ok(found.trials.some(({ rate, holds }) => !holds && rate <= found.rate * 1.11));
  });
}

test('One bad second in five does not decide', async () => {
  const random = createRandom(3);
  const steady = storeOf(1_000);
  const noisy = (rate: number) => (random.chance(0.2) ? { ...steady(rate), p99Micros: 5e5 } : steady(rate));
  const found: number[] = [];
  for (let search_ = 0; search_ < 9; search_ += 1) found.push((await search(noisy)).rate);
  const median = found.toSorted((a, b) => a - b)[4] ?? 0;
  assert.ok(median > 0.75 * 1_000 * 0.7, String(found));
});

test('A rate at which operations fail does not hold, however fast they do', async () => {
  const { rate } = await search((tried) => ({
    served: tried,
    p99Micros: 100,
    failed: tried > 300 ? 0.2 : 0,
  }));
  assert.ok(rate <= 300 && rate > 270, String(rate));
});

test('A store that nothing can strain holds the highest rate that is tried', async () => {
  const found = await search(() => ({ served: 0, p99Micros: 1, failed: 0 }), { most: 2_000 });
  assert.deepEqual([found.rate, found.isComplete], [2_000, true]);
});

test('A store that is too slow for anything holds no rate', async () => {
  const found = await search(() => ({ served: 0, p99Micros: 1e7, failed: 0 }));
  assert.deepEqual([found.rate, found.isComplete], [0, true]);
  assert.equal(Math.min(...found.trials.map(({ rate }) => rate)), 1);
});

test('A search without time tells what it found by then', async () => {
  const found = await search(storeOf(10_000), { trialsLeft: 4 });
  assert.equal(found.isComplete, false);
  assert.ok(found.rate > 0 && found.rate < 7_500);
});
