import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openProfile } from '../../server/profiling/formats/read-profile.ts';
import { hottestFunctions } from '../../server/profiling/hottest-functions.ts';
import { CATEGORIES, type Profile } from '../../server/protocol/profile/profile.ts';
import { SAMPLE_FILES, sampleBytes, unpackedSample } from './support/sample-profiles.ts';

function open(name: string, options: { choice?: number } = {}) {
  const notes: string[] = [];
  const opened = openProfile(sampleBytes(name), {
    name,
    note: (sentence) => notes.push(sentence),
    ...options,
  });
  return { ...opened, notes, total: sum(opened.profile.samples.duration) };
}

function self(name: string, functionName: string): number {
  const hot = hottestFunctions(open(name).profile, 1000).filter((one) => one.name === functionName);
  return sum(hot.map((one) => one.self));
}

function nameOf({ strings, frames, nodes }: Profile, node: number): string {
  return strings[frames.name[nodes.frame[node] ?? 0] ?? 0] ?? '';
}

/** How many samples have the function at their end. */
function samplesAt(profile: Profile, name: string): number {
  return Array.from(profile.samples.node).filter((node) => nameOf(profile, node) === name).length;
}

function sum(numbers: Iterable<number>): number {
  return Array.from(numbers).reduce((total, number) => total + number, 0);
}

for (const { name, ...facts } of SAMPLE_FILES) {
  test(`${name} is known by its content and opens`, () => {
    const { format, profile } = open(name);
    assert.deepEqual({ format, source: profile.source, unit: profile.unit }, facts);
    assert.ok(profile.samples.length > 0);
  });

  test(`${name} opens the same, packed or not`, () => {
    const bytes = unpackedSample(name);
    assert.deepEqual(openProfile(bytes, { name }).profile, open(name).profile);
    assert.deepEqual(openProfile(gzipSync(bytes), { name }).profile, open(name).profile);
  });
}

// The figures below are those of the tools themselves, or were counted in the files by other means.

test('a .cpuprofile keeps every sample', () => {
  const { profile, total } = open('node-24.cpuprofile');
  assert.deepEqual([profile.samples.length, profile.nodes.length, total], [398, 129, 335_008]);
});

test('the regular expression, garbage collection and idle time of a .cpuprofile have their categories', () => {
  const { profile } = open('node-24.cpuprofile');
  const found = new Set([...profile.frames.category].map((category) => CATEGORIES[category]));
  for (const category of ['regexp', 'gc', 'idle', 'eval', 'node', 'application', 'program'] as const) {
    assert.ok(found.has(category), category);
  }
});

/** The figures that stand in the files: nodes, samples, the time between the first sample and the end. */
const OF_NODE_6 = [
  { name: 'node-6.3.cpuprofile', nodes: 93, samples: 1708, micros: 2_503_115, evaluated: 266 },
  { name: 'node-6.4.cpuprofile', nodes: 103, samples: 1753, micros: 2_502_715, evaluated: 194 },
  { name: 'node-6.17.cpuprofile', nodes: 102, samples: 418, micros: 606_299, evaluated: 47 },
];

for (const { name, nodes, samples, micros, evaluated } of OF_NODE_6) {
  test(`${name} keeps its nodes, samples and times, and counts lines from 1`, () => {
    const { profile, total } = open(name);
    assert.deepEqual([profile.nodes.length, profile.samples.length], [nodes, samples]);
    assert.ok(Math.abs(total - micros) <= 1, `${total}`);
    assert.equal(samplesAt(profile, 'evaluated'), evaluated);
    const { frames, strings } = profile;
    const project = Array.from(frames.name).findIndex((at) => strings[at] === 'project');
    assert.match(strings[frames.file[project] ?? 0] ?? '', /\/home\/readers\/made-by-6\.js$/);
    assert.equal(frames.line[project], 6);
  });
}

test('the hits on the lines of the old tree are read, though they stand behind the children', () => {
  const { capture } = open('node-6.3.cpuprofile');
  const { node = new Uint32Array(), line, ticks } = capture?.stacks.lineTicks ?? {};
  const of = (wanted: number) =>
    sum(Array.from(node, (_, at) => (line?.[at] === wanted ? (ticks?.[at] ?? 0) : 0)));
  assert.deepEqual([of(6), of(73), of(1126)], [226, 18, 2]);
  assert.deepEqual(
    Array.from(node),
    Array.from(node).toSorted((a, b) => a - b),
  );
});

test("0x's own log and what Node.js made of it have the same ticks, as many as 0x draws", () => {
  const log = open('0x-6.0.v8.log.preprocess-ready.gz').profile;
  const { profile: json } = open('0x-6.0.v8.log.json.gz');
  assert.deepEqual(log.samples.time, json.samples.time);
  // The tree that 0x made of the same run.
  for (const [name, ticks] of [
    ['evaluated', 26],
    ['update', 13],
    ['decode', 4],
  ] as const) {
    assert.equal(samplesAt(json, name), ticks, name);
  }
});

const BESIDE_IT = /isolate-…-v8\.log\.json/;

for (const [name, problem, advice] of [
  ['0x-6.0-ticks.json.gz', /without their times \(ticks\.json\)/, BESIDE_IT],
  ['0x-6.0-stacks.json.gz', /the tree that 0x draws/, BESIDE_IT],
  ['0x-6.0-meta.json', /the settings of a run of 0x/, BESIDE_IT],
  ['0x-6.0-kernel-tracing.out.gz', /what "perf script" prints/, /stackcollapse-perf/],
] as const) {
  test(`${name} is no profile, and the refusal says which file to open`, () => {
    assert.throws(() => open(name), { code: 'profile_format', message: problem, advice });
  });
}

test("of a tool's page the file is named that it was drawn from", () => {
  const page = Buffer.from('\n    <html>\n    <head>\n      <meta charset="utf-8">\n');
  assert.throws(() => openProfile(page, { name: 'flamegraph.html' }), {
    code: 'profile_format',
    message: /it is a page to look at/,
    advice: BESIDE_IT,
  });
});

test('a .heapprofile adds up to the sizes of its nodes, and says which samples are of none', () => {
  const { profile, total, notes } = open('node-24.heapprofile');
  assert.deepEqual([total, profile.samples.length], [796_480, 12]);
  assert.deepEqual(notes, ['3 samples of no node: taken while V8 wrote the profile, and left out.']);
  assert.equal(self('node-24.heapprofile', 'decode'), 196_704);
});

test('of a trace with several threads the one with most samples is read and the others are told', () => {
  const { profile, notes } = open('chromium-156.trace.json');
  assert.equal(profile.samples.length, 421);
  assert.deepEqual(notes, [
    'Read: profile 1, CrRendererMain of Renderer (421 samples). Not read: profile 2, DedicatedWorker thread of Renderer (200 samples).',
  ]);
  assert.ok(self('chromium-156.trace.json', 'fib') > 10_000);
});

test('another thread of a trace can be chosen', () => {
  const { profile } = open('chromium-156.trace.json', { choice: 2 });
  assert.equal(profile.samples.length, 200);
  assert.ok(profile.strings.includes('inWorker'));
  assert.throws(() => open('chromium-156.trace.json', { choice: 3 }), {
    message: /there is no profile 3 in it/,
    advice: /1 to 2: profile 1, CrRendererMain/,
  });
});

test('a tick log and what Node.js makes of it have the same ticks at the same times', () => {
  const raw = open('node-24.v8.log.gz').profile;
  const preprocessed = open('node-24.v8.log.json.gz').profile;
  // 106 that V8 wrote, and one for each millisecond that the program slept.
  assert.equal(raw.samples.length, 106 + 70);
  assert.deepEqual(raw.samples.time, preprocessed.samples.time);
});

for (const name of ['node-24.v8.log.gz', 'node-24.v8.log.json.gz']) {
  test(`${name} has the ticks that node --prof-process counts`, () => {
    const { profile } = open(name);
    const ticks = new Map<string, number>();
    for (const node of profile.samples.node) {
      const leaf = nameOf(profile, node);
      ticks.set(leaf, (ticks.get(leaf) ?? 0) + 1);
    }
    assert.equal(ticks.get('evaluated'), 20);
    assert.equal(ticks.get('(garbage collector)'), 7);
    assert.equal(ticks.get('RegExp: (\\w+)-(\\d+)\\s(?:lent|returned)'), 4);
    assert.equal(ticks.get('fib'), 2);
  });
}

test('what speedscope exports of a profile has the times of the profile', () => {
  assert.equal(open('speedscope-1.25.speedscope.json').total, 355_314);
  for (const name of ['evaluated', 'fib', 'match']) {
    const difference = self('speedscope-1.25.speedscope.json', name) - self('node-24.cpuprofile', name);
    assert.ok(Math.abs(difference) < 5000, `${name} ${difference}`);
  }
  assert.equal(open('speedscope-1.25-heap.speedscope.json').total, 796_480);
});

test('seconds of a sampled speedscope file become microseconds', () => {
  const { profile, total } = open('py-spy-0.4.speedscope.json');
  assert.equal(profile.samples.length, 684);
  assert.ok(Math.abs(total - 1_368_000) < 0.001);
});

test('collapsed stacks add up, and tell the places of functions', () => {
  const { profile, total } = open('py-spy-0.4.collapsed');
  assert.deepEqual([total, profile.samples.length], [893, 36]);
  const [hottest] = hottestFunctions(profile, 1);
  assert.match(hottest?.file ?? '', /json\/decoder\.py$/);
});

test('pprof of Go has the figures of "go tool pprof -top"', () => {
  assert.deepEqual(
    [open('go-1.26-cpu.pb.gz').total, self('go-1.26-cpu.pb.gz', 'main.fib')],
    [160_000, 60_000],
  );
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(2);
  assert.equal(mib(open('go-1.26-heap.pb.gz').total), '7.11');
  assert.equal(mib(self('go-1.26-heap.pb.gz', 'encoding/json.Marshal')), '7.03');
});

test('of several ways to count the one that a pprof file prefers is read and the others are told', () => {
  const { notes, profile } = open('go-1.26-heap.pb.gz');
  assert.match(
    notes[0] ?? '',
    /^Read: profile 4, inuse_space in bytes .*Not read: profile 1, alloc_objects in count/,
  );
  assert.equal(profile.startedAt, '2026-11-21T10:33:17.767Z');
  assert.equal(open('go-1.26-heap.pb.gz', { choice: 3 }).profile.unit, 'samples');
});

test('pprof of Node.js has the figures of "go tool pprof -top"', () => {
  assert.ok(Math.abs(open('datadog-5.20-wall.pb').total - 234_740) < 1);
  assert.ok(Math.abs(self('datadog-5.20-wall.pb', 'evaluated') - 58_080) < 1);
});
