import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profileHeadline } from '../../server/cli/profile-headline.ts';
import { profileReport } from '../../server/cli/profile-report.ts';
import { amount, counted, millis, percent } from '../../server/protocol/figures.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import type { ProfileResult } from '../../server/protocol/run.ts';
import { profileOf } from './profile-as-text.ts';
import { withPlaces } from './stacks-as-text.ts';

const RESULT: ProfileResult = {
  kind: 'profile',
  handler: 'Loans',
  iterations: 50,
  operationMicros: 50 * 185_528,
  operationTimes: { medianMicros: 180_400, minMicros: 119_000, maxMicros: 236_000, p95Micros: 230_000 },
  eventsReadPerOperation: 48_211,
  eventsAppendedPerOperation: 0,
  outcomes: { answered: 50 },
  samples: 22_556,
  samplingIntervalMicros: 200,
  sampleDistanceMicros: 281.3,
  nodes: 9,
  phases: [],
  artifacts: [],
};
const { operationTimes: _, ...WITHOUT_TIMES } = RESULT;

test('milliseconds have three significant digits, and what is there is never nothing', () => {
  const shown = [185_528, 99_960, 18_552.8, 1855, 999.6, 185, 42, 0.6, 0.4, 0, 1_234_567].map(millis);
  assert.deepEqual(shown, [
    ...['186', '100', '18.6', '1.86', '1.00', '0.185', '0.042', '0.001', '<0.001', '0', '1,235'],
  ]);
});

test('shares have one decimal, and what is there is never nothing', () => {
  assert.deepEqual([1, 0.1234, 0.0005, 0.0004, 0].map(percent), [
    ...['100.0 %', '12.3 %', '0.1 %', '<0.1 %', '0.0 %'],
  ]);
});

test('one is one operation, more are operations', () => {
  assert.deepEqual(
    [0, 1, 2, 1234].map((count) => counted(count, 'operation')),
    ['0 operations', '1 operation', '2 operations', '1,234 operations'],
  );
  assert.deepEqual([0.52, 48_211.4].map(amount), ['0.5', '48,211']);
});

test('the head line tells the median with its extremes, then mean, events and samples', () => {
  assert.equal(
    profileHeadline(RESULT),
    `
Loans: median 180 ms (119–236), 50 operations (50 answered)
mean 186 ms, 95 % within 230 ms, 48,211 events read each
22,556 samples, every 0.281 ms (0.200 ms asked for)`.trim(),
  );
});

test('a single operation has no median and no spread', () => {
  const operationTimes = { medianMicros: 7000, minMicros: 7000, maxMicros: 7000 };
  const { sampleDistanceMicros: _, ...once } = {
    ...RESULT,
    iterations: 1,
    operationMicros: 7000,
    samples: 1,
  };
  assert.equal(
    profileHeadline({ ...once, operationTimes, outcomes: { answered: 1 }, eventsReadPerOperation: 1 }),
    `
Loans: 7.00 ms, 1 operation (1 answered)
1 event read each
1 sample
Only 1 operation: more make the figures firm.`.trim(),
  );
});

test('a command tells what it appended', () => {
  const command = { ...RESULT, eventsReadPerOperation: 0, eventsAppendedPerOperation: 1 };
  assert.match(profileHeadline(command), /, 0 events read, 1 appended each$/m);
});

test('a spread is remarked on where many operations take far more than the median, not for a single slow one', () => {
  const times = { medianMicros: 180_000, minMicros: 119_000, maxMicros: 3_360_000 };
  assert.match(
    profileHeadline({ ...RESULT, operationTimes: { ...times, p95Micros: 504_000 } }),
    /\nOne operation in twenty took at least 2\.8 times as long as the median: trust the median more than the mean\.$/,
  );
  for (const operationTimes of [times, { ...times, p95Micros: 300_000 }]) {
    assert.doesNotMatch(profileHeadline({ ...RESULT, operationTimes }), /twenty/);
  }
});

test('the head line tells snapshots and input that are not the usual ones', () => {
  const headOf = (asked: Pick<ProfileResult, 'snapshots' | 'input'>) =>
    profileHeadline({ ...RESULT, ...asked }).split(': median')[0];
  assert.equal(headOf({ snapshots: 'off' }), 'Loans');
  assert.equal(headOf({ snapshots: 'warm' }), 'Loans, snapshots warm');
  assert.equal(headOf({ snapshots: 'stored', input: { id: 1 } }), 'Loans, snapshots stored, input {"id":1}');
  assert.ok((headOf({ input: { id: 'x'.repeat(10_000) } }) ?? '').length < 130);
});

test('pauses that lay in no operation are not told as a share of them', () => {
  const gc = { pauses: 1, totalMicros: 400, longestMicros: 400, byKind: [], byPhase: [], share: 0 };
  const line = (share: number) =>
    profileHeadline({ ...RESULT, gc: { ...gc, share } })
      .split('\n')
      .at(-1);
  assert.equal(line(0), 'garbage collection: 1 pause, the longest 0.400 ms, only between operations');
  assert.match(line(0.0001) ?? '', /, <0\.1 % of the operations$/);
});

test('a result from before spread was recorded tells its mean', () => {
  assert.match(profileHeadline(WITHOUT_TIMES), /^Loans: mean 186 ms, 50 operations \(50 answered\)\n48,211/);
});

test('the table lists phases by time with functions and time between samples, the time outside stands apart', () => {
  const profile = profileOf(
    [
      { stack: 'start', micros: 500 },
      { stack: 'handle parse', micros: 9000, operation: 0, phase: 'unmarshal' },
      { stack: '', micros: 1000, operation: 0, phase: 'unmarshal', unsampled: true },
      { stack: 'handle', micros: 4, operation: 0, phase: 'decide' },
    ],
    ['Loans'],
  );
  const operationMicros = 10_004;
  const phases = [
    { phase: 'decide', totalMicros: 4, share: 4 / operationMicros },
    { phase: 'unmarshal', totalMicros: 10_000, share: 10_000 / operationMicros },
  ];
  const report = profileReport({ ...RESULT, iterations: 1, operationMicros, phases }, profile);
  assert.deepEqual(report.split('\n').slice(-11), [
    'phase and functions  mean ms/operation    share  source',
    '───────────────────  ─────────────────  ───────  ───────────',
    'unmarshal                         10.0  100.0 %',
    '  parse                           9.00   90.0 %  application',
    '  between samples                 1.00   10.0 %',
    'decide                           0.004   <0.1 %',
    '  handle                         0.004   <0.1 %  application',
    '',
    'By kind of code: application 90.0 %, between samples 10.0 %.',
    '',
    'Not in this table: 0.500 ms between and behind the operations, 4.8 % of the recording.',
  ]);
});

test("the profiler's own functions are left out of the table with a word, and shown where that is asked for", () => {
  const profile = withPlaces(
    profileOf(
      [
        { stack: 'handle', micros: 6000, operation: 0, phase: 'decide' },
        { stack: 'handle record#profiler', micros: 4000, operation: 0, phase: 'decide' },
      ],
      ['Loans'],
    ),
  );
  const phases = [{ phase: 'decide' as const, totalMicros: 10_000, share: 1 }];
  const result = { ...RESULT, iterations: 1, operationMicros: 10_000, phases };
  const text = profileReport(result, profile);
  assert.match(text, /^ {2}handle +10\.0 +100\.0 %/m);
  assert.match(text, /^By kind of code: application 60\.0 %, profiler 40\.0 %\.$/m);
  assert.match(text, /^4\.00 ms of the profiler's own functions are shown at their callers/m);
  const shown = profileReport(result, profile, true);
  assert.match(shown, /^ {2}handle +6\.00 .*\n {2}record +4\.00 +40\.0 %/m);
  assert.doesNotMatch(shown, /at their callers/);
});

test("in a tool's heap profile functions of one's own come first, and what they did not call is told apart", () => {
  const stacks = [
    { stack: 'post@node:inspector#node', micros: 600_000 },
    { stack: 'parse@file:///app/node_modules/zod/zod.js:3#package', micros: 300_000 },
    { stack: 'handle@file:///app/src/a.ts:7#application', micros: 40_000 },
    { stack: 'handle@file:///app/src/a.ts:7#application push@node:internal#node', micros: 60_000 },
  ];
  const profile: Profile = { ...withPlaces(profileOf(stacks)), unit: 'bytes' };
  const result: ProfileResult = { ...RESULT, collector: 'clinic-heapprofiler', samples: 0 };
  const text = profileReport(result, profile);
  const order = ['push ', 'handle ', 'not called by your code: ', '  post ', '  parse '];
  const places = order.map((name) => text.indexOf(`\n${name}`));
  assert.ok(!places.includes(-1), text);
  assert.deepEqual(
    places.toSorted((a, b) => a - b),
    places,
    text,
  );
  assert.match(text, /this program +900 kB +90\.0 %/);
});

test("a tool's heap profile is a table of bytes by function, behind the phases by time", () => {
  const timed = profileOf(
    [
      { stack: 'keep', micros: 3000 },
      { stack: 'keep copy', micros: 1000 },
    ],
    [],
  );
  const result: ProfileResult = { ...RESULT, collector: 'clinic-heapprofiler', samples: 0 };
  const text = profileReport(result, { ...timed, source: 'v8-heap', unit: 'bytes' });
  assert.match(text, /functions whose objects are live +bytes +share/);
  assert.match(text, /^keep +3[.,]0+ kB +75\.0 %/m);
  assert.match(text, /^copy +1[.,]0+ kB +25\.0 %/m);
  assert.doesNotMatch(text, /Not in this table/);
});
