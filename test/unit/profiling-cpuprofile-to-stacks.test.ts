import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Profiler } from 'node:inspector';
import { test } from 'node:test';
import { cpuProfileToStacks } from '../../server/profiling/formats/cpuprofile/cpuprofile-to-stacks.ts';
import { categoryOf } from '../../server/profiling/sources/frame-category.ts';
import { stacksToProfile } from '../../server/profiling/stacks-to-profile.ts';
import { buildCallTree } from '../../server/protocol/profile/build-call-tree.ts';
import { withoutProfiler } from '../../server/protocol/profile/without-profiler.ts';
import { rowsAsText, treeAsText } from './profile-as-text.ts';
import { cpuProfileOf } from './profiling-captures.ts';

const SAMPLE = new URL('samples/node-24.cpuprofile', import.meta.url);

function rows(profile: unknown): string {
  return rowsAsText(stacksToProfile(cpuProfileToStacks(profile), { title: 'test', startedAt: '' }));
}

test('a profile of Node.js 24 keeps every sample and its categories', async () => {
  const raw: Profiler.Profile = JSON.parse(await readFile(SAMPLE, 'utf8'));
  const stacks = cpuProfileToStacks(raw);
  const profile = stacksToProfile(stacks, { title: 'sample', startedAt: '' });
  assert.equal(stacks.samples.length, raw.samples?.length);
  assert.equal(profile.samples.length, raw.samples?.length);
  assert.equal(profile.nodes.length, raw.nodes.length);
  assert.equal(
    treeAsText(profile, buildCallTree(profile, 'left-heavy')),
    `
root 107975 self 0 ×70
  (idle) 47685 self 47685 ×26
  handle 31876 self 4332 ×25
    unmarshal 15215 self 889 ×13
      (anonymous) 14326 self 14326 ×12
    project 12329 self 12329 ×9
  (garbage collector) 22106 self 22106 ×13
  (anonymous) 4176 self 0 ×4
    handle 2160 self 0 ×2
      setTimeout 2160 self 1058 ×2
        Timeout 1102 self 1102 ×1
    fn 2016 self 0 ×2
      (anonymous) 2016 self 0 ×2
        post 2016 self 1764 ×2
          dispatch 252 self 252 ×1
  processTimers 2132 self 0 ×2
    listOnTimeout 2132 self 1079 ×2
      shift 1053 self 0 ×1
        removeAt 1053 self 1053 ×1`.trim(),
  );
  assert.equal(
    sum(stacks.lineTicks.ticks),
    sum(raw.nodes.flatMap((node) => node.positionTicks ?? []).map((tick) => tick.ticks)),
  );
});

function sum(numbers: Iterable<number>): number {
  return Array.from(numbers).reduce((total, number) => total + number, 0);
}

test('what a function is follows from where it stands', () => {
  const category = (name: string, file: string, line = 1) => categoryOf({ name, file, line, column: 1 });
  assert.equal(category('handle', 'file:///app/src/loans.ts'), 'application');
  assert.equal(category('query', 'file:///app/node_modules/pg/lib/client.js'), 'package');
  assert.equal(category('query', 'C:\\app\\node_modules\\pg\\lib\\client.js'), 'package');
  assert.equal(category('emit', 'node:events'), 'node');
  assert.equal(category('parse', '', 0), 'native');
  assert.equal(category('(anonymous)', '', 3), 'eval');
  assert.equal(category('runInContext', 'evalmachine.<anonymous>'), 'eval');
  assert.equal(category('constructor', '', 0), 'native');
  assert.equal(category('RegExp: ^a+$', '', 0), 'regexp');
  assert.equal(category('add', 'wasm://wasm/9a1b2c3d'), 'wasm');
  assert.equal(category('(compiler)', '', 0), 'compiler');
  assert.equal(category('(garbage collector)', '', 0), 'gc');
  assert.equal(category('(idle)', '', 0), 'idle');
  assert.equal(category('(program)', '', 0), 'program');
});

test("the profiler's own instruments are told from the event store, the generic handlers and the examples", () => {
  const root = new URL('../../', import.meta.url).href;
  const category = (file: string) => categoryOf({ name: 'f', file, line: 1, column: 1 });
  for (const [file, expected] of [
    ['server/runner/own-handler.ts', 'profiler'],
    ['server/runner.ts', 'profiler'],
    ['server/handling/recording/observed.ts', 'profiler'],
    ['server/profiling/statements/observe-clients.ts', 'profiler'],
    ['server/handling/query-handler.ts', 'application'],
    ['server/eventstore/postgres/query.ts', 'application'],
    ['server/library/books-lent-out/project.ts', 'application'],
    ['test/app/server/runner/x.ts', 'application'],
  ] as const) {
    assert.equal(category(`${root}${file}`), expected, file);
  }
  assert.equal(category('file:///app/server/runner/own-handler.ts'), 'application');
  assert.equal(category('file:///app/node_modules/eventstore-profiler/server/runner.ts'), 'profiler');
  assert.equal(category('file:///app/node_modules/eventstore-profiler/server/eventstore/x.ts'), 'package');
  const editor = 'c:\\x\\extensions\\eventstore-profiler.eventstore-profiler-1.2.3\\server\\';
  assert.equal(category(`${editor}runner\\a.ts`), 'profiler');
  for (const folder of ['acme.eventstore-profiler-2024', 'extensions/acme.eventstore-profiler-1.2.3'])
    assert.equal(category(`file:///home/me/${folder}/server/workload/orders.ts`), 'application', folder);
  assert.equal(category(`${root}dist/runner.js`), 'profiler');
  assert.equal(category(`${root}dist/eventstore.js`), 'application');
});

test('what an instrument calls of shared and built-in code is its own, and what it calls of others is theirs', () => {
  const root = new URL('../../', import.meta.url).href;
  const files = new Map([
    ['record', `${root}server/handling/recording/operation-recorder.ts`],
    ['micros', `${root}server/lib/clock.ts`],
    ['run', 'node:async_hooks'],
    ['read', `${root}server/eventstore/postgres/query.ts`],
    ['pg', 'file:///app/node_modules/pg/lib/client.js'],
  ]);
  const raw = cpuProfileOf([
    '100 handle record micros parse',
    '110 handle record run handle parse',
    '120 handle micros parse',
    '130 record read micros',
    '140 record pg run',
    '150 record (idle)',
  ]);
  for (const { callFrame } of raw.nodes) callFrame.url = files.get(callFrame.functionName) ?? callFrame.url;
  assert.equal(
    rows(raw),
    `
0 +10 outside: handle > record > micros > parse (profiler)
10 +10 outside: handle > record > run > handle > parse (native)
20 +10 outside: handle > micros > parse (native)
30 +10 outside: record > read > micros (application)
40 +10 outside: record > pg > run (node)
50 +50 outside: record > (idle) (idle)`.trim(),
  );
  const folded = withoutProfiler(stacksToProfile(cpuProfileToStacks(raw), { title: 'test', startedAt: '' }));
  assert.deepEqual(
    rowsAsText(folded)
      .split('\n')
      .map((row) => row.replace(/^.*outside: /, '')),
    [
      'handle (application)',
      'handle > handle > parse (native)',
      'handle > micros > parse (native)',
      'read > micros (application)',
      'pg > run (node)',
      '(idle) (idle)',
    ],
  );
});

test('samples last until the next one, the last until the end', () => {
  assert.equal(
    rows(cpuProfileOf(['100 main', '130 main read', '150 (idle)'])),
    `
0 +30 outside: main (application)
30 +20 outside: main > read (application)
50 +50 outside: (idle) (idle)`.trim(),
  );
});

test('nodes that name their parent instead of their children give the same rows', () => {
  const profile = cpuProfileOf(['100 main a', '130 main b c', '150 main a d']);
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  );
  const nodes = profile.nodes.map(({ children: _, ...node }) => ({ ...node, parent: parents.get(node.id) }));
  // Children before their parents, as tools that write nodes while they find them do.
  assert.equal(rows({ ...profile, nodes: nodes.toReversed() }), rows(profile));
});

test('without time deltas samples are spread evenly', () => {
  const { timeDeltas: _, ...profile } = cpuProfileOf(['100 a', '101 b', '102 c', '103 d']);
  assert.match(rows(profile), /^0 \+25 .*a .*\n25 \+25 .*b .*\n50 \+25 .*c .*\n75 \+25 .*d /);
});

test('samples that came out of order are put in order of time', () => {
  assert.equal(
    rows(cpuProfileOf(['100 a', '140 c', '120 b', '140 d'])),
    `
0 +20 outside: a (application)
20 +20 outside: b (application)
40 +0 outside: c (application)
40 +60 outside: d (application)`.trim(),
  );
});

test('an end before the last sample is moved behind it', () => {
  assert.match(rows(cpuProfileOf(['100 a', '250 b'], 100, 200)), /0 \+150 .*a .*\n150 \+0 .*b/);
});

test('a profile without nodes and samples is empty', () => {
  assert.equal(rows({ nodes: [], samples: [], timeDeltas: [], startTime: 5, endTime: 5 }), '');
  assert.equal(rows({ nodes: [], startTime: 5, endTime: 15 }), '0 +10 outside: ·');
});

test('a function that stands in many nodes is one frame', () => {
  const { callFrames } = cpuProfileToStacks(cpuProfileOf(['100 a b', '110 b a', '120 a b a']));
  assert.deepEqual(
    callFrames.map((frame) => frame.functionName),
    ['(root)', 'a', 'b'],
  );
});

const good = cpuProfileOf(['100 a b', '110 c']);
const [root, a, b, c] = good.nodes;
const MALFORMED: readonly [string, unknown, string][] = [
  ['no object', [good], 'profile'],
  ['nothing', undefined, 'profile'],
  ['nodes that are no list', { ...good, nodes: { length: 3 } }, 'profile.nodes'],
  ['a node that is none', { ...good, nodes: [root, null] }, 'profile.nodes[1]'],
  ['a node without an id', { ...good, nodes: [root, { ...a, id: 'x' }] }, 'profile.nodes[1].id'],
  ['an id twice', { ...good, nodes: [root, a, b, c, a] }, 'profile.nodes[4].id'],
  ['a node without a call frame', { ...good, nodes: [root, a, b, { id: 4 }] }, 'profile.nodes[3].callFrame'],
  ['a child that is not there', { ...good, nodes: [root, a, b] }, 'profile.nodes[0].children'],
  [
    'a child under two parents',
    { ...good, nodes: [root, a, { ...b, children: [4] }, c] },
    'profile.nodes[2].children',
  ],
  ['two roots', { ...good, nodes: [{ ...root, children: [2] }, a, b, c] }, 'profile.nodes[3]'],
  [
    'nodes in a circle',
    { ...good, nodes: [{ ...root, children: [4] }, a, { ...b, children: [2] }, c] },
    'profile.nodes',
  ],
  [
    'no root',
    {
      ...good,
      nodes: [
        { ...a, id: 1, children: [2] },
        { ...b, id: 2, children: [1] },
      ],
    },
    'profile.nodes',
  ],
  ['a node that is its own parent', { ...good, nodes: [{ ...root, children: [1] }] }, 'profile.nodes'],
  ['a sample of no node', { ...good, samples: [2, 99] }, 'profile.samples[1]'],
  ['a sample that is no number', { ...good, samples: [2, '3'] }, 'profile.samples[1]'],
  ['no samples', { ...good, samples: undefined }, 'profile.samples'],
  ['too few deltas', { ...good, timeDeltas: [1] }, 'profile.timeDeltas'],
  ['a delta that is no number', { ...good, timeDeltas: [1, null] }, 'profile.timeDeltas[1]'],
  ['no start', { ...good, startTime: undefined }, 'profile.startTime'],
  ['an end that is no number', { ...good, endTime: 'late' }, 'profile.endTime'],
  [
    'ticks that are none',
    { ...good, nodes: [{ ...root, positionTicks: 7 }, a, b, c] },
    'profile.nodes[0].positionTicks',
  ],
];

for (const [what, profile, where] of MALFORMED) {
  test(`a .cpuprofile with ${what} is refused and the place told`, () => {
    assert.throws(() => cpuProfileToStacks(profile), { name: 'ProfileFormatError', where });
  });
}

test('a stack deeper than a picture can store is refused', () => {
  const nodes = Array.from({ length: 65_002 }, (_, at) => ({
    ...root,
    id: at + 1,
    children: at < 65_001 ? [at + 2] : [],
  }));
  const profile = { nodes, samples: [65_002], timeDeltas: [1], startTime: 0, endTime: 10 };
  assert.throws(() => rows(profile), { where: 'nodes.parent[65001]' });
});
