import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { type CliProcess, cli } from './support/profiler-server.ts';
import { servedLibrary } from './support/served-library.ts';

const library = await servedLibrary(3_000);
after(() => library[Symbol.asyncDispose]());
const { client, workspace } = library;

const small = ['--rate', '60', '--workers', '4', '--active-readers', '30', '--rhythm', 'steady'];

function simulate(...args: string[]): CliProcess {
  return cli(['simulate', '--workspace', workspace.path, ...small, ...args]);
}

test('"simulate" prints what was done and a row for each handler, and keeps the seconds in a file', async () => {
  await using run = simulate('--duration', '3s');
  assert.equal((await run.ended).code, 0, run.stderr());
  const output = run.stdout();
  assert.match(
    output,
    /^\d+ operations, [\d.]+ s measured\n60\/s asked for, [\d.]+\/s arrived, [\d.]+\/s served\n/,
  );
  assert.match(output, /^response p50 [\d.,]+, p95 [\d.,]+, p99 [\d.,]+, max [\d.,]+ ms$/m);
  assert.match(
    output,
    /^\d+ commands: [\d.]+ % accepted, [\d.]+ % idempotent, [\d.]+ % rejected; \d+ queries$/m,
  );
  const [, appended, stored] = /^(\d+) events appended, (\d+) found in the store$/m.exec(output) ?? [];
  assert.ok(appended !== undefined && appended === stored, output);
  assert.match(output, /^LendBookCopyToReader +\d+/m);
  assert.match(run.stderr(), /Simulating….*Kept: .*simulation\.json/s);
  const kept = /^Kept: (.+)$/m.exec(run.stderr())?.[1] ?? '';
  assert.ok(JSON.parse(await readFile(kept, 'utf8')).series.length >= 2);
});

test('--json prints the summary for programs, and nothing else on stdout', async () => {
  await using run = simulate('--duration', '2s', '--json');
  assert.equal((await run.ended).code, 0, run.stderr());
  const { end, operations, outcomes } = JSON.parse(run.stdout());
  const sum = Object.values<number>(outcomes).reduce((all, count) => all + count, 0);
  assert.deepEqual([end, sum], ['finished', operations]);
});

test('Ctrl+C ends the simulation in order and prints what was done', async () => {
  await using run = simulate('--duration', '1h');
  await run.said(/Simulating/);
  process.kill(-(run.child.pid ?? 0), 'SIGINT');
  assert.equal((await run.ended).code, 130);
  assert.match(run.stdout(), /^\d+ operations, [\d.]+ s measured \(ended early\)/);
  const [, appended, stored] = /^(\d+) events? appended, (\d+) found in the store$/m.exec(run.stdout()) ?? [];
  assert.ok(appended !== undefined && appended === stored, run.stdout());
  assert.match(run.stderr(), /Cancelled\.\n$/);
  assert.equal((await client.runs()).at(-1)?.state, 'cancelled');
  assert.equal((await client.status()).state, 'ready');
});

test('A dirty world is ordered by options, and its faults are in the report', async () => {
  await using run = simulate(
    '--duration',
    '3s',
    '--conflicts',
    '30',
    '--business-errors',
    '20',
    '--no-snapshots',
  );
  assert.equal((await run.ended).code, 0, run.stderr());
  assert.match(run.stdout(), /on purpose: \d+ business errors, \d+ conflicts/);
  assert.doesNotMatch(run.stdout(), /^snapshots/m);
});

for (const [args, sentence] of [
  [['--workers', '0'], /--workers must be a whole number from 1 to 64; 0 was given/],
  [['--rate', 'fast'], /--rate must be a number from 0\.1 to 20,000; "fast" was given/],
  [['--rhythm', 'weekly'], /--rhythm must be "daily" or "steady"; "weekly" was given/],
  [
    ['--lending', '50'],
    /--lending, --circulation and --membership must be 100 together; 50, 25 and 5 are 80/,
  ],
  [
    ['--p99-bound', '20ms', '--duration', '5s'],
    /--duration must be at least 30s together with --p99-bound; 5s/,
  ],
  [['--speed', '5'], /unknown option '--speed'/],
] as const) {
  test(`"simulate ${args.join(' ')}" is wrong usage and says what is right`, async () => {
    await using run = simulate(...args);
    assert.equal((await run.ended).code, 2);
    assert.match(run.stderr(), sentence);
    assert.equal(run.stdout(), '');
  });
}
