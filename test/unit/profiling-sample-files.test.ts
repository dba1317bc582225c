import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openProfile } from '../../server/profiling/formats/read-profile.ts';
import { hottestFunctions } from '../../server/profiling/hottest-functions.ts';
import { CATEGORIES } from '../../server/protocol/profile/profile.ts';
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
      const leaf = profile.strings[profile.frames.name[profile.nodes.frame[node] ?? 0] ?? 0] ?? '';
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
