import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readProfile } from '../../server/profiling/formats/read-profile.ts';
import { ProfileFormatError } from '../../server/protocol/profile/profile-format-error.ts';
import { rowsAsText } from './profile-as-text.ts';
import { cpuProfileOf } from './profiling-captures.ts';
import { sampleBytes } from './support/sample-profiles.ts';

function read(content: unknown) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return readProfile(Buffer.from(text), { name: 'hostile' });
}

const good = cpuProfileOf(['100 a b', '110 c']);
const [root, a, b, c] = good.nodes;
const frames = [{ name: 'a' }, { name: 'b' }];
const evented = (events: unknown, more = {}) => ({
  shared: { frames },
  profiles: [
    { type: 'evented', name: 'x', unit: 'microseconds', startValue: 0, endValue: 9, events, ...more },
  ],
});
const sampled = (samples: unknown, weights: unknown, more = {}) => ({
  shared: { frames },
  profiles: [
    { type: 'sampled', name: 'x', unit: 'none', startValue: 0, endValue: 9, samples, weights, ...more },
  ],
});
const heap = (head: object, samples: unknown = []) => ({
  head: { callFrame: { functionName: '(root)' }, selfSize: 0, id: 1, children: [], ...head },
  samples,
});
const log = (...lines: string[]) => `v8-version,13,6,233,17,-node.53,0\n${lines.join('\n')}`;
const huge = 'x'.repeat(10 * 2 ** 20);

const REFUSED: readonly [string, unknown, RegExp][] = [
  ['nothing at all', '', /byte 0: the file is empty/],
  ['blanks', ' \n\t ', /line 1: there are no stacks/],
  ['JSON of another kind', { hello: 1 }, /the file: it is JSON of another kind, with "hello"/],
  ['a heap snapshot', { snapshot: { meta: {} }, nodes: [] }, /it is a heap snapshot/],
  ['a number', '12', /line 1/],
  ['source text', 'import x from "y";\nconst a = 1;\n', /line 1: it is text, but neither stacks nor counts/],
  ['an id twice', { ...good, nodes: [root, a, b, c, a] }, /profile\.nodes\[4\]\.id: 2 is taken/],
  [
    'nodes in a circle',
    { ...good, nodes: [{ ...root, children: [4] }, a, { ...b, children: [2] }, c] },
    /circle/,
  ],
  ['a node that is its own parent', { ...good, nodes: [root, { ...a, parent: 2 }, b, c] }, /two parents/],
  [
    'a parent that is none',
    { ...good, nodes: [root, a, b, { ...c, parent: 77 }] },
    /nodes\[3\]\.parent: there is no node 77/,
  ],
  [
    'NaN as an id',
    JSON.stringify(good).replace('"id":2', '"id":NaN'),
    /profile\.nodes\[1\]\.id \(byte \d+\)/,
  ],
  [
    'an id beyond all numbers',
    JSON.stringify(good).replace('"id":2', '"id":1e999'),
    /profile\.nodes\[1\]\.id/,
  ],
  [
    'a sample that is a text',
    { ...good, samples: [2, '3'] },
    /profile\.samples\[1\] \(byte \d+\): a string stands/,
  ],
  [
    'times that add up to no number',
    { ...good, timeDeltas: [1.7e308, 1.7e308] },
    /timeDeltas|samples|no time/,
  ],
  [
    'a malformed list under a key that nobody knows',
    `{"x":[1,,2 3],${JSON.stringify(good).slice(1)}`,
    /byte \d+: a value belongs here/,
  ],
  [
    'a time that no clock shows',
    { ...good, timeDeltas: [-10, 1e300] },
    /profile\.timeDeltas\[1\]: a time 1e\+300 µs from the start is none/,
  ],
  ['an end that no clock shows', { ...good, endTime: 1e300 }, /profile\.endTime: a time 1e\+300 µs/],
  [
    'a tick that no clock shows',
    log('tick,0x1,12,0,0x0,0', 'tick,0x1,0xffffffffffffffff,0,0x0,0'),
    /the ticks: \d+ µs lie between them/,
  ],
  [
    'weights that add up to more than can be',
    sampled([[0], [0]], [1, 1e300]),
    /profiles\[0\]: the samples add up/,
  ],
  [
    'no call frame',
    { ...good, nodes: [root, a, b, { id: 4 }] },
    /profile\.nodes\[3\]\.callFrame: it is missing/,
  ],
  [
    'a name of 10 MB',
    JSON.stringify(good).replace('"a"', `"${huge}"`),
    /byte \d+: a text of 10,485,760 bytes/,
  ],
  ['something behind the end', `${JSON.stringify(good)} {}`, /something stands behind the end/],
  [
    'a comma too many',
    JSON.stringify(good).replace('],"startTime"', ',],"startTime"'),
    /byte \d+|profile\.nodes\[4\]/,
  ],
  [
    'an unclosed text',
    '{"nodes":[{"id":1,"callFrame":{"functionName":"a',
    /byte \d+: the text ends in the middle/,
  ],
  ['brackets without end', `{"x":${'['.repeat(2_000_000)}`, /brackets stand 100000 deep/],
  [
    'a head that is too deep',
    `{"head":${'{"functionName":"a","id":1,"children":['.repeat(70_000)}`,
    /deeper than 65,000 calls/,
  ],
  [
    'a heap tree that is too deep',
    `{"head":${'{"selfSize":1,"children":['.repeat(70_000)}`,
    /deeper than 65,000 calls/,
  ],
  ['negative bytes', heap({ selfSize: -1 }), /a size of -1 bytes/],
  ['a negative heap sample', heap({}, [{ size: -5, nodeId: 1 }]), /samples\[0\]\.size/],
  [
    'a trace without a profile',
    { traceEvents: [{ name: 'x', ph: 'X', ts: 1 }] },
    /the trace holds no CPU profile/,
  ],
  [
    'a trace without its start',
    { traceEvents: [{ name: 'ProfileChunk', id: 1, pid: 1, tid: 1, args: { data: {} } }] },
    /startTime of the profile/,
  ],
  ['a trace of events that are none', '[{"name":"a"},7]', /an event of the file/],
  ['an unknown unit', sampled([[0]], [1], { unit: 'eggs' }), /profiles\[0\]\.unit: "eggs"/],
  ['a frame that is none', sampled([[2]], [1]), /profiles\[0\]\.samples\[0\]: there is no frame 2/],
  ['a frame that is a fraction', sampled([[0.5]], [1]), /there is no frame 0\.5/],
  ['a negative weight', sampled([[0]], [-1]), /profiles\[0\]\.weights\[0\]: -1 is no weight/],
  ['weights that are too few', sampled([[0], [1]], [1]), /1 weights do not belong to 2 samples/],
  [
    'an event that closes another frame',
    evented([
      { type: 'O', frame: 0, at: 0 },
      { type: 'C', frame: 1, at: 1 },
    ]),
    /events\[1\]: it closes a frame/,
  ],
  ['a frame that is never closed', evented([{ type: 'O', frame: 0, at: 0 }]), /1 frames are never closed/],
  [
    'events that run backwards',
    evented([
      { type: 'O', frame: 0, at: 5 },
      { type: 'C', frame: 0, at: 4 },
    ]),
    /time runs backwards, from 5 to 4/,
  ],
  ['an event without a type', evented([{ frame: 0, at: 5 }]), /events\[0\]\.type/],
  ['no profiles', { shared: { frames }, profiles: [] }, /there is no profile in the file/],
  [
    'a million empty profiles',
    `{"shared":{"frames":[]},"profiles":[${'{},'.repeat(1_000_000)}{}]}`,
    /more than 10000 in the file/,
  ],
  ['a log without ticks', log('profiler,begin,1000'), /there are no ticks in it/],
  ['a tick that is cut off', log('tick,0x1,12,0'), /line 2: it ends too early/],
  ['a tick at no time', log('tick,0x1,never,0,0x0,0'), /line 2: "never" stands where a number belongs/],
  [
    'code as large as the memory',
    log('code-creation,JS,1,1,0x10,999999999999,a /b.js:1:1'),
    /line 2: code of 999999999999 bytes/,
  ],
  [
    'a tick of code that is none',
    { code: [], ticks: [{ tm: 1, vm: 0, s: [7, 0] }] },
    /ticks\[0\]\.s: there is no code 7/,
  ],
  ['a line without its count', 'a;b 1\na;c\n', /line 2: there is no count behind the stack/],
  ['a count that comes late', 'a;b\na;c 7\n', /line 2: there is a count behind the stack, and none/],
  ['a count that is too large', `a;b ${'9'.repeat(30)}`, /line 1: 9+ is no count/],
  ['a negative count', 'main;a -5\nmain;b 3\n', /line 1: -5 is no count/],
  ['a count with an exponent', 'main;a 5\nmain;b 1e400\n', /line 2: 1e400 is no count/],
  ['a count that is no number', 'main;a 5\nmain;b NaN\n', /line 2: NaN is no count/],
  ['text below a stack', 'a;b x\nfoo bar\n', /line 2: it is text, but neither stacks nor counts/],
  ['two counts in each line', 'a;b 1 2\na;c 3 4\n', /it compares two profiles/],
];

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');

test('a file of none of the known formats is called that, with all formats and the place that told it', () => {
  const strangers: readonly [string, Uint8Array, RegExp][] = [
    ['a picture', PNG, /\(as pprof: byte \d+: /],
    ['an archive', Buffer.from('504b0304140000000800', 'hex'), /\(as pprof: byte \d+: /],
    ['brackets', Buffer.alloc(2_000_000, '['), /\(as collapsed stacks: line 1: a text of 2,000,000 bytes /],
    ['a list', Buffer.from('[1, 2, 3]'), /\(as collapsed stacks: line 1: /],
    ['notes', Buffer.from('hello world'), /\(as collapsed stacks: line 1: it is text, /],
  ];
  for (const [name, bytes, place] of strangers) {
    assert.throws(
      () => readProfile(bytes, { name }),
      (error: unknown) => {
        assert.ok(error instanceof ProfileFormatError);
        assert.match(
          error.message,
          /^This is not a readable profile: the file: it is none of the formats that can be read /,
        );
        assert.match(error.message, place);
        assert.match(
          error.advice,
          /^What can be read: V8's \.cpuprofile, .*, pprof, collapsed stacks; each also packed/,
        );
        return true;
      },
      name,
    );
  }
});

test('a damaged file of a known format is still called damaged', () => {
  // A table of texts, then a field that does not exist.
  const pprof = Buffer.from('3200320161320162' + '07', 'hex');
  assert.throws(() => readProfile(pprof, { name: 'x' }), /: byte 9: as pprof: there is no field 0\.$/);
  assert.throws(() => read('a;b 1\nfoo bar\n'), /profile: line 2: there is no count behind the stack/);
});

for (const [what, content, message] of REFUSED) {
  test(`${what} is refused, and the place told`, () => {
    assert.throws(
      () => read(content),
      (error) => {
        assert.ok(error instanceof ProfileFormatError, String(error));
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test('a stack too deep for a picture is refused in every format that can write one', () => {
  const deep = Array.from({ length: 70_000 }, () => 0);
  const recursion = `${'a;'.repeat(70_000)}a 1`;
  assert.throws(() => read(sampled([deep], [1])), {
    name: 'ProfileFormatError',
    message: /deeper than 65000/,
  });
  assert.throws(() => read(recursion), { name: 'ProfileFormatError', message: /deeper than 65000/ });
});

test('what unpacks to a thousand times its size is refused before it fills the memory', () => {
  const bomb = gzipSync(Buffer.alloc(300 * 2 ** 20));
  assert.ok(bomb.length < 2 ** 20);
  const before = process.memoryUsage().rss;
  assert.throws(() => readProfile(bomb, { name: 'bomb' }), {
    message: /bytes of gzip hold more than can be read/,
  });
  assert.ok(process.memoryUsage().rss - before < 2 ** 28);
});

test('a file that is packed twice is refused', () => {
  const twice = gzipSync(gzipSync(JSON.stringify(good)));
  assert.throws(() => readProfile(twice, { name: 'twice' }), { message: /packed twice/ });
});

test('functions may be called like properties of every object', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    assert.equal(rowsAsText(read(`${name};${name} 3`)), `0 +3 outside: ${name} > ${name} (application)`);
    const text = JSON.stringify(cpuProfileOf(['100 NAME'])).replaceAll('NAME', name);
    assert.match(rowsAsText(read(text)), new RegExp(`outside: ${name} `));
  }
});

test('a key __proto__ changes no object', () => {
  read(`{"__proto__":{"polluted":1},${JSON.stringify(good).slice(1)}`);
  assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
});

test('deep JSON that is passed over is no fault', () => {
  const nested = `${'['.repeat(90_000)}${']'.repeat(90_000)}`;
  assert.equal(read(`{"extra":${nested},${JSON.stringify(good).slice(1)}`).samples.length, 2);
});

test('a file whose type its name belies is read by its content', () => {
  const profile = readProfile(sampleBytes('go-1.26-cpu.pb.gz'), { name: 'x.cpuprofile' });
  assert.equal(profile.source, 'pprof');
});

test('of a field that stands twice the last one counts, in every format', () => {
  const twice = (content: unknown, field: string, first: string) => {
    const text = JSON.stringify(content);
    return text.replace(`"${field}":`, `"${field}":${first},"${field}":`);
  };
  const stacks = sampled([[0], [0, 1]], [3, 4]);
  const expected = rowsAsText(read(stacks));
  assert.equal(rowsAsText(read(twice(stacks, 'samples', '[[1],[1],[1]]'))), expected);
  assert.equal(rowsAsText(read(twice(stacks, 'weights', '[7]'))), expected);
  const events = evented([
    { type: 'O', frame: 0, at: 0 },
    { type: 'C', frame: 0, at: 9 },
  ]);
  const opened = '[{"type":"O","frame":1,"at":0}]';
  assert.equal(rowsAsText(read(twice(events, 'events', opened))), rowsAsText(read(events)));
  const ticks = { code: [{ name: 'a /b.js:1:1', type: 'JS' }], ticks: [{ tm: 1, vm: 0, s: [0, 0] }] };
  const before = '[{"tm":0,"vm":0,"s":[]}]';
  assert.equal(rowsAsText(read(twice(ticks, 'ticks', before))), rowsAsText(read(ticks)));
  assert.equal(rowsAsText(read(twice(ticks, 's', '[0,0,0,0]'))), rowsAsText(read(ticks)));
});
