import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { readProfile } from '../../server/profiling/formats/read-profile.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const CLI = path.resolve(import.meta.dirname, '../../server/cli.ts');
const SAMPLES = path.resolve(import.meta.dirname, 'samples/profiles');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function convert(args: readonly string[], cwd = SAMPLES): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, 'convert', ...args], { cwd }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

test('"convert" says what a file is, how much it holds and which functions took most', async () => {
  const { code, stdout } = await convert(['node-24.cpuprofile']);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^node-24\.cpuprofile: V8's \.cpuprofile\n335 ms, 398 samples on 129 nodes, one every 0\.843 ms\n/,
  );
  assert.match(stdout, /\n +55\.6 +55\.6 +16\.6 % {2}evaluated +evalmachine\.<anonymous>:1\n/);
});

test('"convert --json" says the same for programs, with what was not read', async () => {
  const { stdout } = await convert(['go-1.26-heap.pb.gz', '--json']);
  const { format, unit, samples, functions, notes } = JSON.parse(stdout);
  assert.deepEqual([format, unit, samples, notes.length], ['pprof', 'bytes', 51, 1]);
  assert.equal(functions[0].name, 'encoding/json.Marshal');
});

test('"convert --to" writes beside where it is called, named after the file, and never over one that is there', async () => {
  await using place = await temporaryDirectory();
  const sample = path.join(SAMPLES, 'node-24.v8.log.gz');
  const first = await convert([sample, '--to', 'speedscope'], place.path);
  const out = path.join(place.path, 'node-24.v8.speedscope.json');
  assert.deepEqual([first.code, first.stderr], [0, 'Written: node-24.v8.speedscope.json\n']);
  const [before, after] = await Promise.all([sample, out].map((file) => readFile(file)));
  const samples = (bytes = Buffer.alloc(0)) => readProfile(bytes, { name: 'x' }).samples.length;
  assert.equal(samples(after), samples(before));
  await writeFile(out, 'mine');
  const second = await convert([sample, '--to', 'speedscope'], place.path);
  assert.deepEqual(
    [second.code, second.stderr.split('\n')[1]],
    [2, 'Add --force to write over it, or name another file as --out.'],
  );
  assert.equal(await readFile(out, 'utf8'), 'mine');
  assert.equal((await convert([sample, '--to', 'speedscope', '--force'], place.path)).code, 0);
  assert.notEqual(await readFile(out, 'utf8'), 'mine');
});

test('"convert --out" writes in the format that the name says', async () => {
  await using place = await temporaryDirectory();
  const [pprof, folded] = [path.join(place.path, 'x.pb.gz'), path.join(place.path, 'x.folded')];
  await convert(['py-spy-0.4.collapsed', '--out', pprof]);
  await convert(['py-spy-0.4.collapsed', '--out', folded]);
  assert.ok(gunzipSync(await readFile(pprof)).length > 1000);
  assert.match(await readFile(folded, 'utf8'), /^<module> \(w\.py:6\) 96\n/);
});

test('"convert" of counts to a .cpuprofile says what a count becomes', async () => {
  await using place = await temporaryDirectory();
  const { stderr } = await convert(['py-spy-0.4.collapsed', '--out', path.join(place.path, 'x.cpuprofile')]);
  assert.match(stderr, /each is written as one microsecond/);
});

test('what a file counts is told from how many stacks it has, and what it counted is said when it is written', async () => {
  await using place = await temporaryDirectory();
  const out = path.join(place.path, 'x.collapsed');
  const { stderr } = await convert(['node-24.cpuprofile', '--out', out]);
  assert.match(stderr, /^The counts are microseconds: /);
  const { stdout } = await convert([out]);
  assert.match(stdout, /\n335,\d+ counts, \d+ stacks on \d+ nodes\n\nself counts +total counts /);
});

test('samples that took no time are not called none', async () => {
  await using place = await temporaryDirectory();
  const root = { id: 1, callFrame: callFrame('(root)'), children: [2] };
  const profile = { nodes: [root, { id: 2, callFrame: callFrame('f') }], startTime: 5, endTime: 5 };
  const file = path.join(place.path, 'x.cpuprofile');
  await writeFile(file, JSON.stringify({ ...profile, samples: [2], timeDeltas: [0] }));
  const { stdout } = await convert([file]);
  assert.match(stdout, /\n0 ms, 1 sample on 2 nodes\nThe sample has no extent: /);
});

function callFrame(functionName: string) {
  return { functionName, scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };
}

test('a recording of the profiler itself is not empty: what is left out is told, and shown where that is asked for', async () => {
  await using place = await temporaryDirectory();
  const frame = (functionName: string, url: string) => ({ ...callFrame(functionName), url, lineNumber: 4 });
  const nodes = [
    { id: 1, callFrame: callFrame('(root)'), children: [2] },
    { id: 2, callFrame: frame('serve', new URL('../../server/cli/start-command.ts', import.meta.url).href) },
  ];
  const file = path.join(place.path, 'own.cpuprofile');
  const samples = { samples: [2, 2], timeDeltas: [0, 1000] };
  await writeFile(file, JSON.stringify({ nodes, startTime: 5, endTime: 2005, ...samples }));
  const { stdout } = await convert([file]);
  assert.match(
    stdout,
    /\n\n2\.00 ms of the profiler's own functions are shown at their callers \(--with-profiler shows them\)\.\n/,
  );
  assert.doesNotMatch(stdout, /serve|no extent/);
  const shown = await convert([file, '--with-profiler']);
  assert.match(shown.stdout, /\n +2\.00 +2\.00 +100\.0 % {2}serve /);
  assert.doesNotMatch(shown.stdout, /at their callers/);
  assert.equal(JSON.parse((await convert([file, '--json'])).stdout).profilerHidden, 2000);
});

for (const [args, code, sentence] of [
  [['nope.cpuprofile'], 2, /^nope\.cpuprofile does not exist\./],
  [['.'], 2, /^\. is a folder\./],
  [
    ['README.md'],
    1,
    /none of the formats that can be read \(as collapsed stacks: line 1: .*\nWhat can be read: /,
  ],
  [['made-by.cjs'], 1, /it is text, but neither stacks nor counts/],
  [
    ['node-24.cpuprofile', '--to', 'svg'],
    2,
    /"svg" was given\.\nChoose one of: cpuprofile, speedscope, pprof, collapsed/,
  ],
  [['node-24.cpuprofile', '--out', 'x.svg'], 2, /does not say in which format to write/],
  [
    ['chromium-156.trace.json', '--profile', '9'],
    1,
    /there is no profile 9 in it\.\nChoose one from 1 to 2: /,
  ],
  [['node-24.cpuprofile', '--profile', '5'], 1, /there is no profile 5 in it\.\nThe file holds 1 profile: /],
  [
    ['chromium-156.trace.json', '--profile', '0'],
    2,
    /--profile must be a whole number from 1 on; "0" was given/,
  ],
  [['node-24.heapprofile', '--out', '/nowhere/x.cpuprofile'], 1, /its folder does not exist/],
] as const) {
  test(`"convert ${args.join(' ')}" is refused with a sentence`, async () => {
    const ended = await convert(args);
    assert.match(ended.stderr, sentence);
    assert.deepEqual([ended.code, ended.stdout], [code, '']);
  });
}

test('names from a file cannot give orders to the terminal', async () => {
  await using place = await temporaryDirectory();
  const file = path.join(place.path, 'orders.collapsed');
  await writeFile(file, `a;\u001b[2J\u009b31m${'b'.repeat(5000)} 3\n`);
  const { code, stdout } = await convert([file]);
  assert.deepEqual([code, stdout.split('\n', 1)[0]], [0, 'orders.collapsed: collapsed stacks']);
  assert.match(stdout, /�\[2J�31mb+…/);
  assert.doesNotMatch(stdout, /[^\P{Cc}\n]/u);
  assert.ok(stdout.length < 2000);
});
