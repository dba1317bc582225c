import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulationRequestOf } from '../../server/cli/simulation-values.ts';
import { UsageError } from '../../server/cli/usage-error.ts';
import { simulationReport } from '../../server/protocol/simulation-report.ts';
import type { LatencyFigures, SimulationSummary } from '../../server/protocol/simulation-result.ts';

const none = {
  accepted: 0,
  idempotent: 0,
  rejected: 0,
  answered: 0,
  cancelled: 0,
  failed: 0,
  unknown: 0,
};

function latency(micros: number): LatencyFigures {
  return {
    count: 1,
    meanMicros: micros,
    p50Micros: micros,
    p95Micros: micros * 2,
    p99Micros: micros * 3,
    maxMicros: micros * 4,
  };
}

const SUMMARY: SimulationSummary = {
  end: 'finished',
  seed: 1,
  warmUp: { eventsRead: 5_000, commands: 12, eventsAppended: 12, seconds: 0.24 },
  seconds: 30.02,
  rate: { asked: 100, arrived: 99.6, served: 99.4, unserved: 0, longestWaitMicros: 0 },
  operations: 3_000,
  outcomes: { ...none, accepted: 2_064, idempotent: 192, rejected: 144, answered: 600 },
  commands: { count: 2_400, accepted: 0.86, idempotent: 0.08, rejected: 0.06, undone: 0 },
  queries: 600,
  handlers: [
    {
      handler: 'LendBookCopyToReader',
      count: 1_500,
      outcomes: { ...none, accepted: 1_300, idempotent: 120, rejected: 80 },
      retries: 4,
      service: latency(1_000),
      response: latency(2_000),
    },
  ],
  service: latency(1_000),
  response: latency(2_000),
  generator: { busy: 0.31, lag: latency(300) },
  conflicts: 4,
  retries: 4,
  errors: {},
  snapshots: { uses: 120, warm: 110, stored: 4, hitRate: 0.95, misses: { missing: 6 } },
  outages: [],
  events: { appended: 2_220, stored: 2_220 },
  population: { books: 5_012, readers: 1_260 },
};

test('A simulation is told in facts, one a line, and a row for each handler', () => {
  assert.equal(
    simulationReport(SUMMARY),
    `3,000 operations, 30.0 s measured
100/s asked for, 100/s arrived, 99/s served
response p50 2.00, p95 4.00, p99 6.00, max 8.00 ms
service  p50 1.00, p95 2.00, p99 3.00, max 4.00 ms
2,400 commands: 86.0 % accepted, 8.0 % idempotent, 6.0 % rejected; 600 queries
4 conflicts, 4 retries
2,220 events appended, 2,220 found in the store
snapshots: 95.0 % of 120 uses were hits, 110 from memory, 4 from the store (missed: 6 missing)
5,012 books, 1,260 readers, after 12 commands of warm-up in 0.2 s

Response times in ms, waiting included
handler               count  idempotent  rejected  undone  retries   p50   p95   p99   max  service p99
────────────────────  ─────  ──────────  ────────  ──────  ───────  ────  ────  ────  ────  ───────────
LendBookCopyToReader  1,500         120        80       0        4  2.00  4.00  6.00  8.00         3.00`,
  );
});

for (const [what, change, sentence] of [
  [
    'who still waited',
    { rate: { ...SUMMARY.rate, unserved: 7, longestWaitMicros: 1.5e6 } },
    /7 were still waiting in the end, for up to 1,500 ms/,
  ],
  ['what was broken off', { brokenOff: 21 }, /21 operations had no answer .* lower bounds/],
  ['an early end', { end: 'stopped' }, /30\.0 s measured \(ended early\)/],
  [
    'outages',
    { outages: [{ startSecond: 4, seconds: 2.5 }] },
    /the database was gone for 2\.5 s from second 4\.0 on/,
  ],
  ['faults by code', { errors: { query_timeout: 3 } }, /faults: 3 query_timeout/],
  [
    'faults on purpose',
    { injected: { businessErrors: 0, conflicts: 9, slowQueries: 0, cancelled: 2, timedOut: 0 } },
    /on purpose: 9 conflicts, 2 cancelled/,
  ],
  ['unknown outcomes', { outcomes: { ...SUMMARY.outcomes, unknown: 2 } }, /2 of unknown outcome/],
  [
    'a load generator at its limit',
    { generator: { busy: 0.97, lag: latency(9_000) } },
    /The load generator was 97\.0 % busy/,
  ],
  [
    'a machine with other things to do',
    { generator: { busy: 0.2, lag: latency(9_000) } },
    /This machine woke the load generator up to 27\.0 ms late/,
  ],
  [
    'events that are missing',
    { events: { appended: 10, stored: 8 } },
    /The store holds 8 events of this simulation, and 10 were confirmed/,
  ],
  [
    'a store that could not be asked',
    { events: { appended: 10 } },
    /10 events appended, the store could not be asked/,
  ],
  [
    'a search',
    {
      search: {
        boundMicros: 20_000,
        rate: 450,
        isComplete: true,
        trials: [{ rate: 675, served: 600, p99Micros: 90_000, failed: 0, holds: false, limit: 'p99' }],
      },
    },
    /450\/s is the highest rate found with p99 within 20\.0 ms\. Tried:\n {2}675\/s: p99 90\.0 ms, too slow/,
  ],
  [
    'a search in vain',
    { search: { boundMicros: 20_000, rate: 0, isComplete: false, trials: [] } },
    /No rate held p99 within 20\.0 ms when the time was up/,
  ],
] as const) {
  test(`The report tells of ${what}`, () => {
    assert.match(simulationReport({ ...SUMMARY, ...structuredClone(change) } as SimulationSummary), sentence);
  });
}

test('Nothing is found wanting where nothing is', () => {
  assert.doesNotMatch(simulationReport(SUMMARY), /waiting in the end|load generator|faults|gone|confirmed/);
});

test('Options of the command line become a request, and their faults name them', () => {
  const request = simulationRequestOf({
    snapshots: false,
    rate: '250.5',
    activeReaders: '50',
    rhythm: 'steady',
  });
  assert.deepEqual(
    [request.rate, request.activeReaders, request.rhythm, request.snapshots],
    [250.5, 50, 'steady', false],
  );
  const refuses = (values: Readonly<Record<string, string>>, sentence: RegExp) =>
    assert.throws(
      () => simulationRequestOf({ snapshots: true, ...values }),
      (error) => error instanceof UsageError && sentence.test(error.message),
    );
  refuses({ workers: '0' }, /^--workers must be a whole number from 1 to 64; 0 was given/);
  refuses({ membership: '10' }, /^--lending, --circulation and --membership must be 100 together/);
  refuses({ readers: '10' }, /^--readers must be at least --active-readers, which is 200; 10 was given/);
  refuses({ duration: '10' }, /^--duration must be a time with its unit, .* "10" was given\.$/);
  refuses(
    { duration: '500ms' },
    /^--duration must be a time of whole seconds from 1s to 24h; 500ms was given\.$/,
  );
  refuses(
    { p99Bound: '5ms', duration: '10s' },
    /^--duration must be at least 30s together with --p99-bound; 10s was given\.$/,
  );
  refuses(
    { p99Bound: '2s', duration: '1m' },
    /^--p99-bound must be at most 1500ms with --duration 1m; 2s was given\.$/,
  );
});
