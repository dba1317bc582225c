import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuProfileToStacks } from '../../server/profiling/formats/cpuprofile/cpuprofile-to-stacks.ts';
import { readProfile } from '../../server/profiling/formats/read-profile.ts';
import { writeHeapProfile } from '../../server/profiling/heap/write-heapprofile.ts';
import { unmapped } from '../../server/profiling/sources/source-frame.ts';
import { stacksToProfile } from '../../server/profiling/stacks-to-profile.ts';
import { rowsAsText } from './profile-as-text.ts';
import { cpuProfileOf, traceOf } from './profiling-captures.ts';

function rows(content: unknown): string {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(JSON.stringify(content));
  return rowsAsText(readProfile(bytes, { name: 'test' }));
}

const captured = cpuProfileOf(['100 a b', '110 a', '130 (idle)']);
const expected = `
0 +10 outside: a > b (application)
10 +20 outside: a (application)
30 +70 outside: (idle) (idle)`.trim();

test('a .cpuprofile with trailing idle time is read to its end', () => {
  assert.equal(rows(captured), expected);
});

test('a .cpuprofile whose nodes name only their parents is the same', () => {
  const parents = new Map(
    captured.nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id])),
  );
  const nodes = captured.nodes.map(({ children: _, ...node }) => ({ ...node, parent: parents.get(node.id) }));
  assert.equal(rows({ ...captured, nodes: nodes.toReversed() }), expected);
});

test('the tree of Chrome before 2016 is the same: seconds, lines from 1, children inside', () => {
  const head = (id: number): object => {
    const node = captured.nodes[id - 1];
    assert.ok(node);
    const { functionName, url, scriptId, lineNumber, columnNumber } = node.callFrame;
    const children = (node.children ?? []).map(head);
    return {
      children,
      functionName,
      url,
      scriptId,
      lineNumber: lineNumber + 1,
      columnNumber: columnNumber + 1,
      hitCount: 0,
      callUID: 1,
      id,
    };
  };
  const file = {
    head: head(1),
    startTime: captured.startTime / 1e6,
    endTime: captured.endTime / 1e6,
    samples: captured.samples,
    timestamps: [100, 110, 130],
  };
  assert.equal(rows(file), expected);
  const profile = readProfile(Buffer.from(JSON.stringify(file)), { name: 'old' });
  assert.deepEqual(
    profile.frames,
    readProfile(Buffer.from(JSON.stringify(captured)), { name: 'new' }).frames,
  );
});

test('fields of a .cpuprofile may come in any order, with blanks, and null for none', () => {
  const { nodes, samples, timeDeltas, startTime, endTime } = captured;
  const turned = { $vscode: {}, timeDeltas, samples, endTime, startTime, nodes };
  assert.equal(rows(JSON.stringify(turned, undefined, '\t')), expected);
  const withNulls = nodes.map((node) => ({ ...node, positionTicks: null, parent: null }));
  assert.equal(rows({ ...captured, nodes: withNulls }), expected);
});

test('samples of a .cpuprofile may be out of order, without deltas, or none', () => {
  assert.match(rows(cpuProfileOf(['100 a', '140 c', '120 b'])), /a .*\n.*b .*\n.*c /);
  const { timeDeltas: _, ...even } = cpuProfileOf(['100 a', '101 b']);
  assert.match(rows(even), /^0 \+50 .*a .*\n50 \+50 .*b /);
  assert.equal(rows({ nodes: [], startTime: 5, endTime: 15 }), '0 +10 outside: ·');
});

test('a .heapprofile of ours has its phases again, on the axis of its bytes', () => {
  const stacks = cpuProfileToStacks(cpuProfileOf(['0 a b', '64 a', '512 c'], 0, 1000));
  const traces = [traceOf('64-600', ['decide 64-512', 'append 512-600'])];
  const facts = { title: 'Heap of Loans', startedAt: '2026-01-01T00:00:00.000Z', traces, mapping: unmapped };
  const expectedProfile = stacksToProfile(stacks, {
    ...facts,
    source: 'v8-heap',
    unit: 'bytes',
    samplingIntervalMicros: 64,
  });
  const text = writeHeapProfile(stacks, { ...facts, samplingIntervalBytes: 64 });
  const profile = readProfile(Buffer.from(text), { name: 'not asked for' });
  assert.equal(rowsAsText(profile), rowsAsText(expectedProfile));
  assert.deepEqual(
    [profile.title, profile.unit, profile.samplingIntervalMicros],
    ['Heap of Loans', 'bytes', 64],
  );
});

test('of a .heapprofile without samples each node is a row', () => {
  const node = (id: number, functionName: string, selfSize: number, children: object[] = []) => ({
    callFrame: { functionName, scriptId: '1', url: 'file:///a.js', lineNumber: 1, columnNumber: 1 },
    id,
    selfSize,
    children,
  });
  const head = node(1, '(root)', 0, [node(2, 'a', 7, [node(3, 'b', 0, [node(4, 'c', 5)])])]);
  const expectedRows = '0 +7 outside: a (application)\n7 +5 outside: a > b > c (application)';
  assert.equal(rows({ head }), expectedRows);
  // Samples that say less than their nodes share the sizes of these.
  const samples = [
    { size: 4, nodeId: 4, ordinal: 9 },
    { size: 1, nodeId: 2, ordinal: 3 },
  ];
  assert.equal(rows({ samples, head }), expectedRows);
});

test('text of PowerShell and with a byte order mark is read', () => {
  const text = 'a;b 3\r\na 1\r\n';
  const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
  for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`), wide]) {
    assert.equal(
      rowsAsText(readProfile(bytes, { name: 'test' })),
      '0 +3 outside: a > b (application)\n3 +1 outside: a (application)',
    );
  }
});

test('collapsed stacks without counts are one sample each', () => {
  assert.equal(
    rows('main;read all;parse\nmain;Array.<anonymous>\n'),
    '0 +1 outside: main > read all > parse (application)\n1 +1 outside: main > Array.<anonymous> (application)',
  );
});

test('names of collapsed stacks keep blanks, brackets and other scripts', () => {
  assert.equal(
    rows('[unknown];std::map<int, int>::at (x);читать 2.5'),
    '0 +2.5 outside: [unknown] > std::map<int, int>::at (x) > читать (application)',
  );
});

test('events of speedscope become one row for each stretch in which a stack stood', () => {
  const frames = [{ name: 'a' }, { name: 'b', file: '/app/b.ts', line: 3, col: 7 }];
  const event = (type: string, frame: number, at: number) => ({ type, frame, at });
  const events = [event('O', 0, 2), event('O', 1, 3), event('C', 1, 5), event('C', 0, 5)];
  const profile = { type: 'evented', name: 'x', unit: 'milliseconds', startValue: 1, endValue: 6, events };
  assert.equal(
    rows({ profiles: [profile], shared: { frames } }),
    `
0 +1000 outside: ·
1000 +1000 outside: a (application)
2000 +2000 outside: a > b (application)
4000 +1000 outside: ·`.trim(),
  );
});

test('of several profiles of speedscope the one that the file shows is read', () => {
  const profile = (name: string, weights: number[]) => ({
    type: 'sampled',
    name,
    unit: 'bytes',
    startValue: 0,
    endValue: 1,
    samples: weights.map(() => [0]),
    weights,
  });
  const file = {
    shared: { frames: [{ name: 'a' }] },
    profiles: [profile('one', [1]), profile('two', [2, 3])],
  };
  const open = (more: object, choice?: number) => {
    const options = choice === undefined ? { name: 'f' } : { name: 'f', choice };
    return readProfile(Buffer.from(JSON.stringify({ ...file, ...more })), options).title;
  };
  assert.equal(open({}), 'two');
  assert.equal(open({ activeProfileIndex: 0 }), 'one');
  assert.equal(open({ activeProfileIndex: 9 }), 'two');
  assert.equal(open({}, 1), 'one');
});

test('a trace that was cut off behind an event is read, as the format allows', () => {
  const node = (id: number, functionName: string, parent?: number) => ({
    id,
    callFrame: { functionName, scriptId: 1, url: 'a.js', lineNumber: 1, columnNumber: 1 },
    parent,
  });
  const event = (name: string, ts: number, data: object) => ({
    name,
    ts,
    ph: 'P',
    pid: 1,
    tid: 2,
    id: '0x1',
    args: { data },
  });
  const second = { cpuProfile: { nodes: [node(3, 'b', 2)], samples: [3, 2] }, timeDeltas: [10, 5] };
  const first = {
    cpuProfile: { nodes: [node(1, '(root)'), node(2, 'a', 1)], samples: [2] },
    timeDeltas: [7],
  };
  const events = [
    event('ProfileChunk', 30, second),
    event('ProfileChunk', 20, first),
    event('Profile', 1, { startTime: 100 }),
  ];
  const list = JSON.stringify(events);
  const expectedRows = `
0 +10 outside: a (application)
10 +5 outside: a > b (application)
15 +0 outside: a (application)`.trim();
  assert.equal(rows({ traceEvents: events }), expectedRows);
  for (const text of [list, list.slice(0, -1), `${list.slice(0, -1)},`, `${list.slice(0, -1)},\n`]) {
    assert.equal(rows(text), expectedRows);
  }
});

test('a tick log follows code that is moved, deleted and written over', () => {
  const log = [
    'v8-version,13,6,233,17,-node.53,0',
    'shared-library,/usr/bin/node,0x1000,0x2000,0',
    'profiler,begin,1000',
    'code-creation,JS,10,1,0x10000,256,outer /app dir/a.js:1:1,0x1,~',
    'code-creation,JS,10,2,0x20000,256,get x file:///b.js:7:3,0x2,~',
    'tick,0x20010,100,0,0x0,0,0x10010',
    'code-move,0x20000,0x30000',
    'tick,0x30010,200,0,0x0,0,0x10010,overflow',
    'code-delete,0x30000',
    'tick,0x30010,300,0,0x0,0,0x10010',
    'code-creation,JS,10,2,0x10080,16,later\\x2C or not /c.js:1:1,0x2,~',
    'tick,0x10084,400,0,0x0,0,-0x10,+0x8',
    'tick,0x1010,500,1,0x1020,0',
    'tick,0x1010,600,0,0x0,1',
  ];
  // Written on Windows, it has other line ends.
  assert.equal(rows(log.join('\r\n')), rows(log.join('\n')));
  assert.equal(
    rows(log.join('\n')),
    `
0 +100 outside: outer > get x (application)
100 +100 outside: outer > get x (application)
200 +100 outside: outer (application)
300 +100 outside: later, or not (application)
400 +100 outside: node (native)
500 +0 outside: (garbage collector) (gc)`.trim(),
  );
});

test('time in a tick log before a late tick that finds V8 idle was slept; another late tick tells nothing', () => {
  const log = [
    'v8-version,13,6,233,17,-node.53,0',
    'code-creation,JS,10,1,0x10000,256,work file:///a.js:1:1,0x1,~',
    ...[0, 100, 200, 300, 1300, 1400].map((micros) => `tick,0x10010,${micros},0,0x0,0`),
    'tick,0x10010,1850,0,0x0,8',
    'tick,0x10010,1900,0,0x0,0',
    // On time.
    'tick,0x10010,2150,0,0x0,8',
    'tick,0x10010,2200,0,0x0,0',
  ];
  assert.equal(
    rows(log.join('\n')),
    `
0 +100 outside: work (application)
100 +100 outside: work (application)
200 +100 outside: work (application)
300 +1000 outside: work (application)
1300 +100 outside: work (application)
1400 +150 outside: work (application)
1550 +100 outside: (idle) (idle)
1650 +100 outside: (idle) (idle)
1750 +100 outside: (idle) (idle)
1850 +50 outside: work > (idle) (idle)
1900 +250 outside: work (application)
2150 +50 outside: work > (idle) (idle)
2200 +0 outside: work (application)`.trim(),
  );
});

test('a tick log of years asleep opens with a bounded number of idle ticks', () => {
  const log = ['v8-version,13,6,233,17,-node.53,0', 'tick,0x10,0,0,0x0,0', 'tick,0x10,100,0,0x0,0'];
  log.push('tick,0x10,900000000000000,0,0x0,8', 'tick,0x10,900000000000100,0,0x0,8');
  const { length } = rows(log.join('\n')).split('\n');
  assert.ok(length > 1_000_000 && length < 1_100_000, String(length));
});
