import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Arrival, OpenLoop, type OpenLoopOptions } from '../../server/workload/simulation/open-loop.ts';
import { VirtualPace } from './support/virtual-pace.ts';

const MS = 1_000;
const never = new AbortController().signal;
const nothing = () => undefined;

interface Served {
  readonly service: number;
  readonly response: number;
}

/** Somebody comes every 10 ms for a second. */
function everyTenMs(pace: VirtualPace, options: Partial<OpenLoopOptions> & { readonly takes: number }) {
  const served: Served[] = [];
  const lags: number[] = [];
  const loop = new OpenLoop({
    pace,
    arrivals: Array.from({ length: 200 }, (_, index) => index * 10 * MS).values(),
    durationMicros: 1_000 * MS,
    workers: 1,
    isOpen: () => true,
    lagged: (micros) => lags.push(micros),
    async serve({ arrivedMicros, startedMicros }: Arrival) {
      await pace.sleep(options.takes);
      const now = pace.clock.monotonicMicros();
      served.push({ service: now - startedMicros, response: now - arrivedMicros });
    },
    ...options,
  });
  return { loop, served, lags };
}

test('A store that keeps up answers everybody in the time that it takes', async () => {
  const pace = new VirtualPace();
  const { loop, served, lags } = everyTenMs(pace, { takes: 4 * MS });
  const unserved = await pace.through(loop.run(never, nothing));
  assert.deepEqual(unserved.waitedMicros, []);
  assert.deepEqual(served, Array(100).fill({ service: 4 * MS, response: 4 * MS }));
  assert.deepEqual(lags, Array(100).fill(0));
});

test('A store that is too slow lets the waiting grow, and service times do not show it', async () => {
  const pace = new VirtualPace();
  const { loop, served } = everyTenMs(pace, { takes: 20 * MS });
  const { waitedMicros } = await pace.through(loop.run(never, nothing));
  assert.ok(served.every(({ service }) => service === 20 * MS));
  // The n-th came at 10n ms and was answered at 20(n + 1) ms.
  assert.deepEqual(
    served.map(({ response }) => response),
    served.map((_, n) => (20 * (n + 1) - 10 * n) * MS),
  );
  assert.equal(served.length + waitedMicros.length, 100);
  assert.ok((waitedMicros[0] ?? 0) >= 400 * MS, `${waitedMicros[0]}`);
});

test('As many are served at the same time as there are workers, and never more', async () => {
  const pace = new VirtualPace();
  let [now, most] = [0, 0];
  const { loop } = everyTenMs(pace, {
    takes: 0,
    workers: 3,
    async serve() {
      now += 1;
      most = Math.max(most, now);
      await pace.sleep(50 * MS);
      now -= 1;
    },
  });
  await pace.through(loop.run(never, nothing));
  assert.equal(most, 3);
});

test('Nobody is served while the door is closed, and all who came meanwhile afterwards, with their waiting', async () => {
  const pace = new VirtualPace();
  let isOpen = false;
  const { loop, served, lags } = everyTenMs(pace, { takes: 1 * MS, isOpen: () => isOpen });
  const opening = pace.sleep(505 * MS).then(() => {
    assert.deepEqual([served.length, loop.backlog], [0, 51]);
    isOpen = true;
    loop.resume();
  });
  await pace.through(Promise.all([loop.run(never, nothing), opening]));
  assert.equal(served.length, 100);
  assert.equal(served[0]?.response, 506 * MS);
  // That nobody was served was not this side's slowness.
  assert.ok(lags.every((lag) => lag === 0));
});

test('A stop ends the arrivals at once and waits for those who are being served', async () => {
  const pace = new VirtualPace();
  const stop = new AbortController();
  let endedAt = 0;
  const { loop, served } = everyTenMs(pace, { takes: 35 * MS, workers: 2 });
  void pace.sleep(105 * MS).then(() => stop.abort());
  const { waitedMicros } = await pace.through(
    loop.run(stop.signal, () => {
      endedAt = pace.clock.monotonicMicros();
    }),
  );
  assert.equal(endedAt, 105 * MS);
  assert.equal(loop.inFlight, 0);
  // At 0, 10, …, 100 ms.
  assert.equal(served.length + waitedMicros.length, 11);
});

test('A fault of the program ends the loop and is thrown', async () => {
  const pace = new VirtualPace();
  const bug = new Error('a bug');
  const { loop } = everyTenMs(pace, { takes: 0, serve: () => Promise.reject(bug) });
  await assert.rejects(pace.through(loop.run(never, nothing)), bug);
});

test('A load generator that wakes too late tells it', async () => {
  const pace = new VirtualPace();
  const late = {
    clock: pace.clock,
    sleepUntil: (micros: number, signal: AbortSignal) => pace.sleepUntil(micros + 3 * MS, signal),
  };
  const { loop, lags } = everyTenMs(pace, { takes: 1 * MS, pace: late });
  await pace.through(loop.run(never, nothing));
  assert.equal(lags.filter((lag) => lag === 3 * MS).length, 99);
});
