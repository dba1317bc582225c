import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRunRequest } from '../../server/protocol/parse-run-request.ts';

function simulation(options: Readonly<Record<string, unknown>>) {
  return parseRunRequest({ kind: 'simulation', ...options });
}

test('A simulation without options is one of 30 seconds with 100 operations a second, 70 % of its commands lending', () => {
  const parsed = simulation({});
  assert.ok(parsed.ok && parsed.request.kind === 'simulation');
  const { durationSeconds, rate, workers, lendingPercent, circulationPercent, readersPercent } =
    parsed.request;
  assert.deepEqual([durationSeconds, rate, workers], [30, 100, 8]);
  assert.deepEqual([lendingPercent, circulationPercent, readersPercent], [70, 25, 5]);
});

for (const [options, field, sentence] of [
  [{ rate: 0 }, 'rate', /^rate must be a number from 0\.1 to 20,000; 0 was given\.$/],
  [{ rate: 'fast' }, 'rate', /"fast" was given/],
  [{ workers: 0 }, 'workers', /^workers must be a whole number from 1 to 64; 0 was given\.$/],
  [{ workers: 1.5 }, 'workers', /a whole number from 1 to 64; 1\.5/],
  [{ workers: 65 }, 'workers', /1 to 64; 65/],
  [{ durationSeconds: 0 }, 'durationSeconds', /1 to 86,400; 0/],
  [{ activeReaders: 1e6 }, 'activeReaders', /1 to 14,000; 1000000/],
  [{ contentionPercent: 101 }, 'contentionPercent', /a number from 0 to 100; 101/],
  [{ queryPercent: -1 }, 'queryPercent', /0 to 100; -1/],
  [{ rhythm: 'weekly' }, 'rhythm', /^rhythm must be "daily" or "steady"; "weekly" was given\.$/],
  [{ snapshots: 'no' }, 'snapshots', /^snapshots must be true or false; "no" was given\.$/],
  [{ books: 0 }, 'books', /1 to 1,000,000; 0/],
  [{ slowQueriesPercent: 120 }, 'slowQueriesPercent', /0 to 100; 120/],
  [{ outageSeconds: -5 }, 'outageSeconds', /0 to 3,600; -5/],
  [{ readersPercent: 10 }, 'lendingPercent', /must be 100 together; 70, 25 and 10 are 105/],
  [
    { p99BoundMillis: 10, durationSeconds: 20 },
    'durationSeconds',
    /at least 30 together with p99BoundMillis; 20/,
  ],
  [
    { p99BoundMillis: 4_000, durationSeconds: 60 },
    'p99BoundMillis',
    /at most 1500 with durationSeconds 60; 4000/,
  ],
  [{ readers: 10 }, 'readers', /at least activeReaders, which is 200; 10/],
  [{ speed: 3 }, 'speed', /There is no field "speed"/],
] as const) {
  test(`A simulation with ${JSON.stringify(options)} is refused, naming the option and what it may be`, () => {
    const parsed = simulation(options);
    assert.ok(!parsed.ok);
    assert.equal(parsed.error.field, field);
    assert.match(parsed.error.message, sentence);
    assert.ok(parsed.error.advice);
  });
}

test('Advice for an option that may be left out says so, and with its default where it has one', () => {
  const advice = (options: Readonly<Record<string, unknown>>) => {
    const parsed = simulation(options);
    return parsed.ok ? '' : parsed.error.advice;
  };
  assert.equal(advice({ rate: 0 }), 'Leave rate out for 100.');
  assert.equal(advice({ rhythm: 'weekly' }), 'Leave rhythm out for "daily".');
  assert.equal(advice({ books: 0 }), 'Leave books out if it does not matter.');
});

test('Shares that are no whole numbers add up all the same', () => {
  assert.ok(simulation({ lendingPercent: 33.3, circulationPercent: 33.3, readersPercent: 33.4 }).ok);
});

test('Only commands, and only queries, are possible', () => {
  assert.ok(simulation({ queryPercent: 0 }).ok);
  assert.ok(simulation({ queryPercent: 100 }).ok);
});
