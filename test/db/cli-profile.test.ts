import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, test } from 'node:test';
import { type CliProcess, cli } from './support/profiler-server.ts';
import { servedLibrary } from './support/served-library.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { testDatabase } from './support/test-database.ts';

const library = await servedLibrary(1_000);
after(() => library[Symbol.asyncDispose]());
const { client, workspace } = library;

function profile(...args: string[]): CliProcess {
  return cli(['profile', '--workspace', workspace.path, ...args]);
}

test('"profile" prints phases and functions, shows its progress, and writes the file', async () => {
  const out = path.join(workspace.path, 'x.cpuprofile');
  await using run = profile('BooksInCirculation', '--iterations', '8', '--out', out);
  assert.equal((await run.ended).code, 0, run.stderr());
  assert.match(
    run.stdout(),
    /^BooksInCirculation: median [\d.]+ ms \([\d.]+–[\d.]+\), 8 operations \(8 answered\)\nmean [\d.]+ ms, \d+ events read each\n\d+ samples, every [\d.]+ ms \(0\.200 ms asked for\)\nOnly 8 operations/,
  );
  assert.match(run.stdout(), /^phase and functions +mean ms\/operation +share +source$/m);
  assert.match(run.stdout(), /^sql_execute +[\d.]+ +[\d.]+ %$/m);
  assert.match(run.stdout(), /books-in-circulation\/project\.ts:\d+$/m);
  assert.match(run.stderr(), /Warming up….*Profiling BooksInCirculation….*Written: .*x\.cpuprofile/s);
  const written = JSON.parse(await readFile(out, 'utf8'));
  assert.ok(written.nodes.length > 0 && written.samples.length === written.timeDeltas.length);
});

test('A file that was there is replaced whole, and nothing else is left beside it', async () => {
  const folder = path.join(workspace.path, 'replaced');
  await mkdir(folder);
  const out = path.join(folder, 'x.cpuprofile');
  await writeFile(out, 'x'.repeat(10_000_000));
  await using run = profile('BooksInCirculation', '--iterations', '2', '--out', out, '--force');
  assert.equal((await run.ended).code, 0, run.stderr());
  assert.ok(JSON.parse(await readFile(out, 'utf8')).nodes.length > 0);
  assert.deepEqual(await readdir(folder), ['x.cpuprofile']);
});

for (const [out, code, sentence] of [
  ['/nowhere/x.cpuprofile', 1, /\/nowhere\/x\.cpuprofile cannot be written: its folder does not exist/],
  ['/', 2, /--out needs the name of a file; \/ is a folder/],
  ['', 2, /--out needs the name of a file\.\n/],
] as const) {
  test(`A profile that cannot be written to "${out}" is refused before the run`, async () => {
    const runs = (await client.runs()).length;
    await using run = profile('BooksInCirculation', '--iterations', '2', `--out=${out}`);
    assert.equal((await run.ended).code, code);
    assert.match(run.stderr(), sentence);
    assert.doesNotMatch(run.stderr(), /^\s+at /m);
    assert.equal((await client.runs()).length, runs);
  });
}

const fullDevice = existsSync('/dev/full') ? {} : { skip: 'This system has no device that is always full.' };
test(
  'A profile that could not be written in the end is printed all the same, with its place',
  fullDevice,
  async () => {
    await using run = profile('BooksInCirculation', '--iterations', '2', '--out', '/dev/full');
    assert.equal((await run.ended).code, 1);
    assert.match(run.stdout(), /^BooksInCirculation: .*2 operations/);
    assert.match(run.stderr(), /\/dev\/full cannot be written: the disk is full/);
    const kept = /^Kept: (.+)$/m.exec(run.stderr())?.[1] ?? '';
    assert.ok(JSON.parse(await readFile(kept, 'utf8')).nodes.length > 0);
  },
);

test('--json prints the result for programs, and nothing else on stdout', async () => {
  await using run = profile('BooksInCirculation', '--iterations', '3', '--json');
  assert.equal((await run.ended).code, 0);
  const result = JSON.parse(run.stdout());
  assert.deepEqual(
    [result.handler, result.iterations, result.outcomes],
    ['BooksInCirculation', 3, { answered: 3 }],
  );
  assert.ok(JSON.parse(await readFile(result.file, 'utf8')).nodes.length > 0);
});

test('--input gives every execution this one input', async () => {
  const input = JSON.stringify({ readerID: 'nobody' });
  await using run = profile('BooksLentByReader', '--iterations', '2', '--json', '--input', input);
  assert.equal((await run.ended).code, 0, run.stderr());
  const { outcomes, eventsReadPerOperation, snapshots, input: used } = JSON.parse(run.stdout());
  assert.deepEqual([outcomes, eventsReadPerOperation], [{ answered: 2 }, 0]);
  assert.deepEqual([snapshots, used], ['off', { readerID: 'nobody' }]);
});

for (const [args, sentence] of [
  [['BookInCirculation'], /Did you mean "BooksInCirculation"\?\nChoose one of: /],
  [
    ['BooksInCirculation', '--iterations', '0'],
    /--iterations must be a whole number from 1 to 1,000,000; 0 was given/,
  ],
  [['BooksInCirculation', '--iterations=-1'], /--iterations must be .*; -1 was given/],
  [['BooksInCirculation', '--iterations', '1e12'], /--iterations must be .*; 1000000000000 was given/],
  [['BooksInCirculation', '--iterations', 'abc'], /--iterations must be .*; "abc" was given/],
  [
    ['BooksInCirculation', '--sampling-interval', '1us'],
    /--sampling-interval must be a time of whole microseconds from 50us to 100ms; 1us was given/,
  ],
  [['BooksInCirculation', '--seed', '1.5'], /--seed must be a whole number from 0 up; 1.5 was given/],
  [
    ['BooksLentByReader', '--input', '{readerID'],
    /^--input must be a JSON object; what was given is not JSON: Expected property name.*\.\nPut it/m,
  ],
  [
    ['BooksInCirculation', '--snapshots', 'hot'],
    /--snapshots must be "off" or "stored" or "warm"; "hot" was given/,
  ],
  [['BooksLentByReader', '--input', '5'], /--input must be a JSON object; 5 was given/],
  [['BooksLentByReader', '--input', '{}'], /readerID of BooksLentByReader must be text .* nothing was given/],
  [[], /missing required argument 'handler'/],
  [['BooksInCirculation', '--iteration', '5'], /unknown option '--iteration'/],
] as const) {
  test(`"profile ${args.join(' ')}" is wrong usage and says what is right`, async () => {
    await using run = profile(...args);
    assert.equal((await run.ended).code, 2);
    assert.match(run.stderr(), sentence);
    assert.equal(run.stdout(), '');
  });
}

test('Ctrl+C cancels the run on the server too', async () => {
  await using run = profile('BooksInCirculation', '--iterations', '1000000');
  await run.said(/Profiling/);
  process.kill(-(run.child.pid ?? 0), 'SIGINT');
  assert.equal((await run.ended).code, 130);
  assert.match(run.stderr(), /Cancelled\.\n$/);
  assert.equal((await client.runs()).at(-1)?.state, 'cancelled');
  assert.equal((await client.status()).state, 'ready');
});

test('A run that somebody else cancels is a fault with a sentence', async () => {
  await using run = profile('BooksInCirculation', '--iterations', '1000000');
  await run.said(/Profiling/);
  const last = (await client.runs()).at(-1);
  await client.cancelRun(last?.id ?? '');
  assert.equal((await run.ended).code, 1);
  assert.match(run.stderr(), /cancelled by somebody else/);
});

test('Another database than that of the running server is refused', async () => {
  await using run = profile(
    'BooksInCirculation',
    '--database-url',
    'postgres://me:hunter2@127.0.0.1:1/other',
  );
  assert.equal((await run.ended).code, 1);
  assert.match(run.stderr(), /runs with another database/);
  assert.doesNotMatch(run.stderr(), /hunter2/);
});

test('Without a running server "profile" starts one for the run and leaves none', async () => {
  await using place = await temporaryDirectory();
  await using store = await testDatabase();
  const args = ['--workspace', place.path, '--database-url', store.url];
  await using run = cli(['profile', 'BooksInCirculation', '--iterations', '2', '--json', ...args]);
  assert.equal((await run.ended).code, 0, run.stderr());
  assert.equal(JSON.parse(run.stdout()).eventsReadPerOperation, 0);
  await using status = cli(['status', '--workspace', place.path]);
  assert.equal((await status.ended).code, 1);
});

test('"handlers" lists what can be profiled, with and without a server', async () => {
  await using place = await temporaryDirectory();
  for (const folder of [workspace.path, place.path]) {
    await using list = cli(['handlers', '--workspace', folder]);
    assert.equal((await list.ended).code, 0);
    assert.match(list.stdout(), /^BooksInCirculation +query +Lists every book/);
    assert.equal(list.stdout().trim().split('\n').length, 13);
  }
});

test('"handlers --verbose" and --json tell what an input is made of, with and without a server', async () => {
  await using place = await temporaryDirectory();
  for (const folder of [workspace.path, place.path]) {
    await using list = cli(['handlers', '--verbose', '--workspace', folder]);
    assert.equal((await list.ended).code, 0);
    assert.match(list.stdout(), /^BooksLentByReader .*\n {4}readerID {2}text of 1 to 200 characters$/m);
    assert.match(list.stdout(), /^ {4}occurredAt +a moment .*; may be left out$/m);
    await using json = cli(['handlers', '--json', '--workspace', folder]);
    assert.equal((await json.ended).code, 0);
    const handlers: { name: string; fields: unknown }[] = JSON.parse(json.stdout());
    assert.deepEqual(handlers.find(({ name }) => name === 'BooksLentByReader')?.fields, [
      { name: 'readerID', expected: 'text of 1 to 200 characters', isRequired: true },
    ]);
  }
});

for (const command of ['status', 'stop', 'handlers']) {
  test(`"${command}" says when the folder of the workspace does not exist`, async () => {
    await using run = cli([command, '--workspace', '/nonexistent']);
    assert.equal((await run.ended).code, 2);
    assert.match(run.stderr(), /^There is no folder \/nonexistent\.\nGive the folder/);
  });
}
