import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type CliProcess, cli } from './support/profiler-server.ts';
import { servedLibrary } from './support/served-library.ts';

const library = await servedLibrary(1_000);
after(() => library[Symbol.asyncDispose]());
const { client, workspace } = library;

function profile(...args: string[]): CliProcess {
  return cli(['profile', '--workspace', workspace.path, 'BooksInCirculation', ...args]);
}

test('The first Ctrl+C stops a recording by hand and keeps it', async () => {
  await using run = profile('--manual', '--json');
  await run.said(/Press Enter or Ctrl\+C to stop and keep/);
  process.kill(-(run.child.pid ?? 0), 'SIGINT');
  assert.equal((await run.ended).code, 0, run.stderr());
  const { stoppedBy, iterations } = JSON.parse(run.stdout());
  assert.equal(stoppedBy, 'request');
  assert.ok(iterations >= 1);
  assert.match(run.stderr(), /Stopped after [\d,]+ operations?, as asked for\./);
  assert.equal((await client.runs()).at(-1)?.state, 'succeeded');
});

test('A duration ends a recording, and the report tells what measuring and garbage collection cost', async () => {
  await using run = profile('--duration', '1500ms');
  assert.equal((await run.ended).code, 0, run.stderr());
  assert.match(
    run.stdout(),
    /^cost of measuring: about [\d.]+(–[\d.]+)? % of the operations\n {2}sampling: [\d.]+(–[\d.]+)? % \([\d,]+ samples of [\d.]+(–[\d.]+)? µs\)\n {2}phases: [\d.]+(–[\d.]+)? % \(/m,
  );
  assert.match(
    run.stdout(),
    /^garbage collection: \d+ pauses?, the longest [\d.]+ ms, [\d.<]+ % of the operations/m,
  );
});

test('A recording of the heap is told in bytes, by phase and function, and kept for other viewers', async () => {
  await using run = profile('--collector', 'v8-heap', '--iterations', '12');
  assert.equal((await run.ended).code, 0, run.stderr());
  assert.match(run.stdout(), /^[\d.]+ [kM]B allocated each, a sample every [\d.,]+ k?B$/m);
  assert.match(
    run.stdout(),
    /^heap in use: [\d.]+ MB before, [\d.]+ MB after \([\d.]+ [kM]?B (more|less)\)$/m,
  );
  assert.match(run.stdout(), /^phase and functions +bytes\/operation +share +source$/m);
  assert.match(run.stdout(), /^unmarshal +[\d.]+ [kM]B +[\d.]+ %$/m);
  assert.match(run.stderr(), /Kept: .*profile\.heapprofile/);
});

test('Of live objects the report tells the functions', async () => {
  await using run = profile('--collector', 'v8-heap', '--heap-objects', 'live', '--iterations', '3');
  assert.equal((await run.ended).code, 0, run.stderr());
  assert.match(run.stdout(), /^[\d.]+ [kM]?B live at the end/m);
  assert.match(run.stdout(), /^functions whose objects are live +bytes +share +source$/m);
});
