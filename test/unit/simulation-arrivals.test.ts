import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../server/lib/random.ts';
import { ArrivalQueue } from '../../server/workload/simulation/arrival-queue.ts';
import { arrivals } from '../../server/workload/simulation/arrivals.ts';
import { hourOfDay } from '../../server/workload/simulation/daily-rhythm.ts';

const MINUTE = 60e6;
const DAY = 10 * MINUTE;

function timesIn(micros: number, options: Parameters<typeof arrivals>[0], seed = 1): number[] {
  const times: number[] = [];
  for (const time of arrivals(options, createRandom(seed))) {
    if (time >= micros) return times;
    times.push(time);
  }
  return times;
}

const daily = { rate: 50, rhythm: 'daily', dayMicros: DAY } as const;

test('The same seed gives the same arrivals, another seed others', () => {
  assert.deepEqual(timesIn(MINUTE, daily, 7), timesIn(MINUTE, daily, 7));
  assert.notDeepEqual(timesIn(MINUTE, daily, 7), timesIn(MINUTE, daily, 8));
});

test('Over whole days as many arrive as the rate says, in order, whatever the rhythm', () => {
  for (const rhythm of ['daily', 'steady'] as const) {
    const times = timesIn(3 * DAY, { ...daily, rhythm });
    // 90,000 are expected; the standard deviation of a Poisson process is its root, 300.
    assert.ok(Math.abs(times.length - 90_000) < 4 * 300, `${rhythm}: ${times.length}`);
    assert.ok(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0)));
  }
});

test('Gaps between arrivals are those of people who do not know of each other', () => {
  const times = timesIn(10 * MINUTE, { ...daily, rhythm: 'steady' });
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const shorter = gaps.filter((gap) => gap < mean).length / gaps.length;
  // Of an exponential distribution, 1 - 1/e lie below the mean.
  assert.ok(Math.abs(shorter - (1 - 1 / Math.E)) < 0.02, String(shorter));
});

test('More people come in the morning and after work than at noon', () => {
  const times = timesIn(DAY, { ...daily, rate: 500 });
  const inHour = (hour: number) => times.filter((time) => Math.floor((time / DAY) * 11) === hour).length;
  assert.ok(inHour(0) > 1.5 * inHour(4));
  assert.ok(inHour(8) > 1.5 * inHour(4));
});

test('The rush hours of a day do not change its mean', () => {
  const hours = Array.from({ length: 11 }, (_, hour) => hourOfDay('daily', ((hour + 0.5) / 11) * DAY, DAY));
  const mean = hours.reduce((sum, { arrivals: factor }) => sum + factor, 0) / 11;
  assert.ok(Math.abs(mean - 1) < 1e-9, String(mean));
  assert.equal(hourOfDay('daily', 1.01 * DAY, DAY), hours[0]);
});

test('Those who wait are served in the order in which they came, however many there are', () => {
  const queue = new ArrivalQueue();
  let taken = 0;
  for (let time = 0; time < 10_000; time += 1) {
    queue.add(time);
    if (time % 3 === 0) assert.equal(queue.take(), taken++);
  }
  assert.equal(queue.length, 10_000 - taken);
  assert.equal(queue.take(), taken++);
  assert.deepEqual(
    queue.takeAll(),
    Array.from({ length: 10_000 - taken }, (_, index) => taken + index),
  );
  assert.equal(queue.take(), undefined);
});
