import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from './support/temporary-directory.ts';

const CLI = path.resolve(import.meta.dirname, '../../server/cli.ts');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function cli(args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { cwd }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

const FIRST = '20261121-100000-aaaaaa';
const SECOND = '20261121-110000-bbbbbb';

const first = {
  id: FIRST,
  request: { kind: 'profile', handler: 'BooksLentOut' },
  state: 'succeeded',
  createdAt: '2026-11-21T10:00:00.000Z',
  startedAt: '2026-11-21T10:00:30.000Z',
  endedAt: '2026-11-21T10:02:35.000Z',
};
const plan = {
  id: SECOND,
  request: { kind: 'explain', run: FIRST, statement: '1' },
  state: 'failed',
  createdAt: '2026-11-21T11:00:00.000Z',
  endedAt: '2026-11-21T11:00:00.400Z',
  subject: { handler: 'BooksLentOut', statement: 'SELECT … FROM events' },
};

/** A workspace that keeps these runs, and whose server is gone. */
async function workspaceWith(folder: string, ...runs: readonly { readonly id: string }[]): Promise<void> {
  for (const run of runs) {
    const place = path.join(folder, '.eventstore-profiler/runs', run.id);
    await mkdir(place, { recursive: true });
    await writeFile(path.join(place, 'run.json'), JSON.stringify({ version: 1, ...run }));
  }
}

test('"runs" lists what a workspace keeps where no server runs, the newest first', async () => {
  await using place = await temporaryDirectory();
  await workspaceWith(place.path, first, plan);
  const { code, stdout } = await cli(['runs'], place.path);
  const [title, , , , newest = '', oldest = ''] = stdout.split('\n');
  assert.equal(code, 0);
  assert.equal(title, `Runs of ${place.path}`);
  assert.match(newest, /^20261121-110000-bbbbbb {2}explain {2}BooksLentOut: SELECT … FROM events {2}failed /);
  assert.match(newest, / 2026-11-2\d \d\d:00:00 +0\.4 s$/);
  assert.match(oldest, /^20261121-100000-aaaaaa {2}profile {2}BooksLentOut .* 2 min 5 s {2}v8-cpu$/);
});

test('"runs --json" tells the workspace and each run with how long it took', async () => {
  await using place = await temporaryDirectory();
  await workspaceWith(place.path, first, plan);
  const { stdout } = await cli(['runs', '--json', '--workspace', place.path], '/');
  const { workspace, runs } = JSON.parse(stdout);
  assert.equal(workspace, place.path);
  assert.deepEqual(
    runs.map(({ id, tookMillis }: Record<string, unknown>) => [id, tookMillis]),
    [
      [SECOND, 400],
      [FIRST, 125_000],
    ],
  );
});

test('"runs" tells a run that a killed server left running as the failure that it is, and changes no file', async () => {
  await using place = await temporaryDirectory();
  const { endedAt: _, ...open } = { ...first, state: 'running' };
  await workspaceWith(place.path, open);
  const [run] = JSON.parse((await cli(['runs', '--json'], place.path)).stdout).runs;
  assert.deepEqual([run.state, run.error.code, run.tookMillis], ['failed', 'server_ended', null]);
  assert.deepEqual(await readdir(path.join(place.path, '.eventstore-profiler/runs', FIRST)), ['run.json']);
});

test('"runs" in an empty workspace says which one it searched and what to do, and makes nothing there', async () => {
  await using place = await temporaryDirectory();
  const { code, stdout } = await cli(['runs'], place.path);
  assert.equal(code, 0);
  assert.match(stdout, /^The workspace (.+) keeps no runs yet\.\n.*"eventstore-profiler profile <handler>"/);
  assert.ok(stdout.includes(place.path));
  assert.deepEqual(await readdir(place.path), []);
});

test('"runs" names what cannot be read: a mistyped folder, a file, a spoilt run', async () => {
  await using place = await temporaryDirectory();
  const missing = await cli(['runs', '--workspace', 'nope'], place.path);
  assert.deepEqual(
    [missing.code, missing.stderr.split('\n')[0]],
    [2, `There is no folder ${place.path}/nope.`],
  );
  await workspaceWith(place.path, { id: FIRST });
  assert.match((await cli(['runs'], place.path)).stderr, /aaaaaa holds no readable run; it is left alone/);
  await mkdir(path.join(place.path, '.eventstore-profiler/runs', SECOND, 'run.json'), { recursive: true });
  await workspaceWith(place.path, first);
  const strange = await cli(['runs'], place.path);
  assert.match(strange.stdout, /^20261121-100000-aaaaaa /m);
  assert.match(strange.stderr, /bbbbbb\S+ cannot be read: it is a folder, not a file\. It is left alone\./);
  const asked = await cli(['convert', SECOND], place.path);
  assert.match(asked.stderr, /bbbbbb\S+ cannot be read: it is a folder, not a file\.\nRemove /);
  await mkdir(path.join(place.path, 'other'));
  await writeFile(path.join(place.path, 'other/.eventstore-profiler'), '');
  const spoilt = await cli(['runs', '--workspace', 'other'], place.path);
  assert.equal(spoilt.code, 1);
  assert.match(
    spoilt.stderr,
    /other\/\.eventstore-profiler\/runs cannot be read: a part of the path is a file/,
  );
});

for (const [args, sentence] of [
  [
    ['20200101-000000-abcdef'],
    /^The workspace .+ keeps no run "20200101-000000-abcdef"\.\n"eventstore-profiler runs --workspace .+" lists/,
  ],
  [['../x'], /^<run> must be the id of a run, such as .+\n"eventstore-profiler runs --workspace .+" lists/],
  [[SECOND], /^Run .+-bbbbbb is itself a plan; /],
  [[FIRST], /^Run .+-aaaaaa has lost its result, so none of its statements are kept\./],
] as const) {
  test(`"explain ${args[0]}" is refused before anything is started or created`, async () => {
    await using place = await temporaryDirectory();
    await workspaceWith(place.path, first, plan);
    const { code, stderr } = await cli(['explain', ...args], place.path);
    assert.equal(code, 2);
    assert.match(stderr, sentence);
    assert.ok(stderr.includes(place.path) || args[0] === FIRST);
    assert.deepEqual(await readdir(path.join(place.path, '.eventstore-profiler')), ['runs']);
  });
}

test('"convert" and "compare" take the id of a run for its profile', async () => {
  await using place = await temporaryDirectory();
  await workspaceWith(place.path, first);
  const kept = path.join(place.path, '.eventstore-profiler/runs', FIRST, 'profile.espp');
  await copyFile(path.join(import.meta.dirname, 'samples/profiles/node-24.cpuprofile'), kept);
  const converted = await cli(['convert', FIRST], place.path);
  assert.equal(converted.code, 0, converted.stderr);
  assert.match(converted.stdout, /^20261121-100000-aaaaaa: .*398 samples/s);
  const compared = await cli(['compare', FIRST, FIRST, '--workspace', place.path], '/');
  assert.equal(compared.code, 0, compared.stderr);
  assert.match(compared.stderr, /the same recording is on both sides \(20261121-100000-aaaaaa\)/);
});

test('"convert" and "compare" of a run end with what measuring cost it, as its result tells it', async () => {
  await using place = await temporaryDirectory();
  await workspaceWith(place.path, first, plan);
  const [recorded, explained] = [FIRST, SECOND].map((id) =>
    path.join(place.path, '.eventstore-profiler/runs', id),
  );
  const artifacts = [{ name: 'profile.espp', mediaType: 'application/octet-stream', bytes: 1 }];
  const result = {
    ...{ version: 1, kind: 'profile', handler: 'BooksLentOut', iterations: 1, operationMicros: 1000 },
    ...{ eventsReadPerOperation: 1, outcomes: { answered: 1 }, samples: 1, nodes: 1, phases: [], artifacts },
    costOfMeasuring: {
      ...{ share: 0.031, samples: { count: 10, microsEach: 3 }, borders: { count: 2, microsEach: 0.5 } },
    },
  };
  const picture = {
    ...plan.request,
    kind: 'explain',
    label: 'SELECT',
    callMicros: 1,
    statements: [],
    artifacts,
  };
  for (const [folder = '', facts] of [
    [recorded, result],
    [explained, { version: 1, ...picture }],
  ] as const) {
    await writeFile(path.join(folder, 'result.json'), JSON.stringify(facts));
    await copyFile(
      path.join(import.meta.dirname, 'samples/profiles/node-24.cpuprofile'),
      path.join(folder, 'profile.espp'),
    );
  }
  const converted = await cli(['convert', FIRST], place.path);
  assert.match(
    converted.stdout,
    /\n\ncost of measuring: about 3\.1 % of the operations \(10 samples of 3\.0 µs, 2 phase borders of 0\.5 µs\)\n$/,
  );
  const { stdout } = await cli(['compare', FIRST, SECOND], place.path);
  assert.match(
    stdout,
    /cost of measuring:\n {2}before \S+aaaaaa: about 3\.1 % of the operations\n {2}after \S+bbbbbb: about 3\.1 % of the operations\n$/,
  );
  const ranged = { ...result.costOfMeasuring, shareRange: { least: 0.02, most: 0.04 } };
  const file = path.join(recorded ?? '', 'result.json');
  await writeFile(file, JSON.stringify({ ...result, costOfMeasuring: ranged }));
  assert.match((await cli(['compare', FIRST, FIRST], place.path)).stdout, /aaaaaa: about 2\.0–4\.0 % of the/);
  const { costOfMeasuring } = JSON.parse((await cli(['convert', FIRST, '--json'], place.path)).stdout);
  assert.equal(costOfMeasuring.share, 0.031);
  const copied = path.join(place.path, 'copy.cpuprofile');
  await copyFile(path.join(recorded ?? '', 'profile.espp'), copied);
  assert.match(
    (await cli(['convert', copied], place.path)).stdout,
    /\n\ncost of measuring: not known: the file does not tell it\.\n$/,
  );
});

test('"convert" and "compare" take the path of a file that is called as a run is', async () => {
  await using place = await temporaryDirectory();
  await workspaceWith(place.path, first);
  await copyFile(
    path.join(import.meta.dirname, 'samples/profiles/node-24.cpuprofile'),
    path.join(place.path, FIRST),
  );
  const { code, stdout, stderr } = await cli(['convert', FIRST], place.path);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /398 samples/);
});

test('"convert" and "compare" say in which workspace a run is not, or why it has no profile', async () => {
  await using place = await temporaryDirectory();
  await workspaceWith(place.path, plan);
  for (const args of [
    ['convert', FIRST],
    ['compare', FIRST, FIRST],
  ]) {
    const { code, stderr } = await cli(args, place.path);
    assert.equal(code, 2);
    const sentence = `The workspace ${place.path} keeps no run "${FIRST}". There is no file of this name either.`;
    assert.equal(stderr.split('\n')[0], sentence);
    assert.match(stderr, /"eventstore-profiler runs --workspace .+" lists/);
  }
  const { stderr } = await cli(['convert', SECOND], place.path);
  assert.match(stderr, /^Run 20261121-110000-bbbbbb has no profile: it is of the kind explain, and failed\./);
});

test('"compare" names the one of its files that is no profile, and wants two', async () => {
  await using place = await temporaryDirectory();
  const sample = path.join(import.meta.dirname, 'samples/profiles/node-24.cpuprofile');
  await writeFile(path.join(place.path, 'notes.txt'), 'hello world');
  const foreign = await cli(['compare', sample, 'notes.txt'], place.path);
  assert.match(foreign.stderr, /^notes\.txt is not a readable profile: /);
  const missing = await cli(['compare', sample, 'nix'], place.path);
  assert.equal(missing.code, 2);
  assert.match(
    missing.stderr,
    /^nix does not exist\.\nGive the path of a profile, or the id of a run .*profiler runs"/,
  );
  const alone = await cli(['compare', 'notes.txt'], place.path);
  assert.equal(alone.code, 2);
  assert.match(alone.stderr, /^Two profiles are compared; only notes\.txt was given\./);
});
