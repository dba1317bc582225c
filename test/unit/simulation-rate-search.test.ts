import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../server/lib/random.ts';
import { simulationRequestSchema } from '../../server/protocol/simulation-request.ts';
import { isGrowing } from '../../server/workload/simulation/backlog-watch.ts';
import { searchRate, type TrialFigures } from '../../server/workload/simulation/rate-search.ts';
import { trialSeconds } from '../../server/workload/simulation/tune-rate.ts';

const BOUND = 20_000;
const noBacklog = { unservedShare: 0, isBacklogGrowing: false };

/** A store that answers in 5 ms and queues without end above its capacity. */
function storeOf(capacity: number): (rate: number) => TrialFigures {
  return (rate) => ({
    served: Math.min(rate, capacity),
    p99Micros: rate >= capacity ? 1e6 : 5_000 / (1 - rate / capacity),
    failed: 0,
    ...noBacklog,
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
    ...noBacklog,
  }));
  assert.ok(rate <= 300 && rate > 270, String(rate));
});

test('A store that nothing can strain holds the highest rate that is tried', async () => {
  const found = await search(() => ({ served: 0, p99Micros: 1, failed: 0, ...noBacklog }), { most: 2_000 });
  assert.deepEqual([found.rate, found.isComplete], [2_000, true]);
});

test('A store that is too slow for anything holds no rate', async () => {
  const found = await search(() => ({ served: 0, p99Micros: 1e7, failed: 0, ...noBacklog }));
  assert.deepEqual([found.rate, found.isComplete], [0, true]);
  assert.equal(Math.min(...found.trials.map(({ rate }) => rate)), 1);
});

test('A search without time tells what it found by then', async () => {
  const found = await search(storeOf(10_000), { trialsLeft: 4 });
  assert.equal(found.isComplete, false);
  assert.ok(found.rate > 0 && found.rate < 7_500);
});

/**
 * People who come by chance to a store that serves one at a time, each in the same time, for so many seconds: who was not
 * served by then counts with the time until then.
 */
function trialOf(capacity: number, rate: number, seconds: number): TrialFigures {
  const random = createRandom(Math.round(rate * 1e3));
  const starts: number[] = [];
  const arrivals: number[] = [];
  const waits: number[] = [];
  let free = 0;
  for (let at = 0; ; ) {
    at -= Math.log(1 - random.fraction()) / rate;
    if (at >= seconds) break;
    const start = Math.max(at, free);
    free = start + 1 / capacity;
    arrivals.push(at);
    starts.push(start);
    waits.push(Math.min(free, seconds) - at);
  }
  const before = (times: readonly number[], moment: number) => times.filter((time) => time <= moment).length;
  const backlog = (moment: number) => before(arrivals, moment) - before(starts, moment);
  const samples = Array.from({ length: 60 }, (_, index) => backlog(((index + 1) / 60) * seconds));
  const ordered = waits.toSorted((a, b) => a - b);
  return {
    served: before(starts, seconds) / seconds,
    p99Micros: (ordered[Math.floor(ordered.length * 0.99)] ?? 0) * 1e6,
    failed: 0,
    unservedShare: backlog(seconds) / Math.max(1, arrivals.length),
    isBacklogGrowing: isGrowing(samples, arrivals.length),
  };
}

for (const boundMillis of [50, 500, 1_000, 2_000, 4_000, 20_000]) {
  test(`No rate above what the store can serve is found within a bound of ${boundMillis} ms`, async () => {
    const boundMicros = boundMillis * 1_000;
    const found = await searchRate({
      boundMicros,
      first: 60,
      most: 20_000,
      measure: async (rate) => trialOf(100, rate, trialSeconds({ rate, boundMicros, searchSeconds: 100 })),
      isTimeUp: () => false,
    });
    assert.ok(found.isComplete && found.rate > 55 && found.rate < 106, JSON.stringify(found));
  });
}

test('A burst that is over is no backlog that grows, and a few more than could be served are', () => {
  const burst = Array.from({ length: 60 }, (_, index) => Math.max(0, 30 - Math.abs(45 - index) * 4));
  assert.equal(isGrowing(burst, 300), false);
  const steady = Array.from({ length: 60 }, (_, index) => 5 + (index % 3));
  assert.equal(isGrowing(steady, 300), false);
  const rising = Array.from({ length: 60 }, (_, index) => index);
  assert.equal(isGrowing(rising, 300), true);
  assert.equal(isGrowing([], 0), false);
});

test('Every bound that a request may ask for leaves time for six trials', () => {
  for (const durationSeconds of [30, 60, 600, 2_160]) {
    const request = (p99BoundMillis: number) =>
      simulationRequestSchema.safeParse({ kind: 'simulation', durationSeconds, p99BoundMillis });
    const most = Math.floor((durationSeconds * 1_000) / 40);
    assert.ok(request(most).success);
    assert.ok(!request(most + 1).success);
    const searchSeconds = durationSeconds * 0.75 - 3;
    const each = trialSeconds({ rate: 20_000, boundMicros: most * 1_000, searchSeconds });
    assert.ok(searchSeconds / each >= 6, `${searchSeconds} ${each}`);
  }
});

test('A rate is tried for four times the bound, and long enough for some hundred operations', () => {
  const tried = (rate: number, boundMicros: number) =>
    trialSeconds({ rate, boundMicros, searchSeconds: 100 });
  assert.deepEqual([tried(1_000, 5e6), tried(1_000, 5e4), tried(50, 5e4), tried(1, 5e4)], [20, 3, 8, 12.5]);
});
