import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuProfileToStacks } from '../../server/profiling/formats/cpuprofile/cpuprofile-to-stacks.ts';
import { stacksToProfile } from '../../server/profiling/stacks-to-profile.ts';
import type { OperationTrace } from '../../server/protocol/operation-trace.ts';
import { rowsAsText } from './profile-as-text.ts';
import { cpuProfileOf, traceOf } from './profiling-captures.ts';

function cut(samples: readonly string[], traces: readonly OperationTrace[]): string {
  const stacks = cpuProfileToStacks(cpuProfileOf(samples));
  return rowsAsText(stacksToProfile(stacks, { title: 'cut', startedAt: '', traces }));
}

test('samples inside a stretch of a phase share exactly its time', () => {
  const trace = traceOf('120-170', ['unmarshal 125-150']);
  assert.equal(
    cut(
      ['100 main', '110 main', '121 handle', '130 handle a', '140 handle b', '160 handle', '180 main'],
      [trace],
    ),
    `
0 +10 outside: main (application)
10 +10 outside: main (application)
20 +5 #0 -: handle (application)
25 +15 #0 unmarshal: handle > a (application)
40 +10 #0 unmarshal: handle > b (application)
50 +20 #0 -: handle (application)
70 +30 outside: main (application)`.trim(),
  );
});

test('a stretch without any sample is one row without a stack', () => {
  const trace = traceOf('120-170', ['decide 130-131', 'project 131-160']);
  assert.equal(
    cut(['100 main', '140 handle project', '190 main'], [trace]),
    `
0 +20 outside: main (application)
20 +10 #0 -: ·
30 +1 #0 decide: ·
31 +29 #0 project: handle > project (application)
60 +10 #0 -: ·
70 +30 outside: main (application)`.trim(),
  );
});

test('idle time inside an operation is called by what the operation waits for', () => {
  const trace = traceOf('110-190', [
    'connection_acquire 110-120',
    'sql_execute 120-140',
    'append 140-150',
    'snapshot_load 150-160',
    'project 160-170',
  ]);
  assert.equal(
    cut(['100 (idle)', ...[115, 125, 145, 155, 165, 175, 195].map((time) => `${time} (idle)`)], [trace]),
    `
0 +10 outside: (idle) (idle)
10 +10 #0 connection_acquire: waiting for a connection (wait)
20 +20 #0 sql_execute: waiting for PostgreSQL (wait)
40 +10 #0 append: waiting for PostgreSQL (wait)
50 +10 #0 snapshot_load: waiting for PostgreSQL (wait)
60 +10 #0 project: waiting (wait)
70 +20 #0 -: waiting (wait)
90 +10 outside: (idle) (idle)`.trim(),
  );
});

test('native code at work beside idle time stays what it is', () => {
  const trace = traceOf('100-200', ['sql_execute 100-200']);
  assert.equal(
    cut(['100 (idle)', '150 (program)', '160 (idle)', '180 (garbage_collector)', '190 read parse'], [trace]),
    `
0 +50 #0 sql_execute: waiting for PostgreSQL (wait)
50 +10 #0 sql_execute: (program) (program)
60 +20 #0 sql_execute: waiting for PostgreSQL (wait)
80 +10 #0 sql_execute: (garbage collector) (gc)
90 +10 #0 sql_execute: read > parse (native)`.trim(),
  );
});

test('where a capture knows no idle time, (program) in a phase that waits is the waiting', () => {
  const trace = traceOf('100-200', ['sql_execute 100-150', 'project 150-200']);
  assert.equal(
    cut(['100 (program)', '160 (program)'], [trace]),
    `
0 +50 #0 sql_execute: waiting for PostgreSQL (wait)
50 +50 #0 project: (program) (program)`.trim(),
  );
});

test('an idle sample does not tell of a long time without samples behind it that ends in work', () => {
  const samples = ['100 (idle)', '105 (idle)', '110 (idle)', '160 handle', '165 handle', '170 handle'];
  const lost = cut(samples, [traceOf('100-180', ['project 103-180'])]);
  assert.equal(
    lost,
    `
0 +3 #0 -: waiting (wait)
3 +7 #0 project: waiting (wait)
10 +7.5 #0 project: waiting (wait)
17.5 +42.5 #0 project: ·
60 +5 #0 project: handle (application)
65 +5 #0 project: handle (application)
70 +10 #0 project: handle (application)
80 +20 outside: ·`.trim(),
  );
  // PostgreSQL is known to work.
  assert.match(
    cut(samples, [traceOf('100-180', ['sql_execute 103-180'])]),
    /10 \+50 #0 sql_execute: waiting/,
  );
  // Idle on both sides.
  const slept = samples.toSpliced(3, 1, '160 (idle)');
  assert.match(cut(slept, [traceOf('100-180', ['project 103-180'])]), /10 \+50 #0 project: waiting/);
});

test('operations may come in any order and follow each other without a gap', () => {
  const traces = [traceOf('150-200', [], 'Books'), traceOf('100-150')];
  assert.equal(
    cut(['100 a', '160 b'], traces),
    `
0 +50 #0 -: a (application)
50 +50 #1 -: b (application)`.trim(),
  );
});

test('time begins with the first sample, or with an operation before it', () => {
  assert.match(cut(['130 a'], []), /^0 \+70 outside: a/);
  assert.match(cut(['130 a'], [traceOf('120-140')]), /^0 \+20 #0 -: a/);
});

test('an operation that ends behind the last sample keeps its time', () => {
  assert.equal(
    cut(['100 a'], [traceOf('110-230', ['append 220-230'])])
      .split('\n')
      .at(-1),
    '120 +10 #0 append: ·',
  );
});

test('a capture without samples still has the time of its phases', () => {
  assert.equal(
    cut([], [traceOf('110-190', ['append 120-190'])]),
    `
0 +10 outside: ·
10 +10 #0 -: ·
20 +70 #0 append: ·
90 +10 outside: ·`.trim(),
  );
});

test('gaps and overlaps of rounding are none', () => {
  const phases = ['decide 110-120', 'project 120.001-140', 'marshal 139.9999-150'];
  assert.equal(
    cut(
      ['100 a', '115 a', '130 b', '145 c', '150.005 d'],
      [traceOf('110-150.004', phases), traceOf('150.0041-200')],
    ),
    `
0 +10 outside: a (application)
10 +10 #0 decide: a (application)
20 +20 #0 project: b (application)
40 +10 #0 marshal: c (application)
50 +50 #1 -: d (application)`.trim(),
  );
});

const MISFITS: readonly [string, readonly OperationTrace[], RegExp][] = [
  ['overlap', [traceOf('110-150'), traceOf('140-160')], /operation 1 \(Loans\) overlaps what came before/],
  [
    'have overlapping phases',
    [traceOf('110-150', ['decide 110-130', 'project 120-140'])],
    /project, overlaps/,
  ],
  ['have a phase before their start', [traceOf('110-150', ['decide 105-130'])], /decide, overlaps/],
  [
    'have a phase behind their end',
    [traceOf('110-150', ['decide 130-160'])],
    /decide, ends behind its operation/,
  ],
  [
    'lie at another time',
    [traceOf('2000000-2000010')],
    /operation 0 \(Loans\) lies outside of the recorded time/,
  ],
];

for (const [how, traces, message] of MISFITS) {
  test(`traces that ${how} are refused`, () => {
    assert.throws(() => cut(['100 a'], traces), { code: 'trace_mismatch', message });
  });
}
