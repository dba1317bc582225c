import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { QueueFullError, UnknownRunError } from '../../server/jobs/errors.ts';
import { RunDirectory } from '../../server/jobs/run-directory.ts';
import type { Run } from '../../server/protocol/run.ts';
import { atStep, eventsOf, overOf, scripted, scriptedQueue } from './support/scripted-queue.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

test('A run passes from queued through running to succeeded and keeps its result', async () => {
  await using folder = await temporaryDirectory();
  const queue = await scriptedQueue(folder.path);
  const run = await queue.submit(scripted('succeed'));
  const events = await eventsOf(queue, run.id);
  assert.deepEqual(
    // Progress that was superseded before anybody heard it is left out, so how often it comes is open.
    [...new Set(events.map((event) => (event.type === 'state' ? event.state : event.type)))],
    ['queued', 'running', 'progress', 'log', 'done'],
  );
  assert.equal(queue.find(run.id).state, 'succeeded');
  assert.equal((await queue.result(run.id)).kind, 'profile');
});

test('Runs execute one after another, in the order in which they came', async () => {
  await using folder = await temporaryDirectory();
  const queue = await scriptedQueue(folder.path);
  const first = await queue.submit(scripted('wait'));
  const second = await queue.submit(scripted('succeed'));
  await atStep(queue, first, 'waiting');
  assert.equal(queue.find(second.id).state, 'queued');
  await queue.cancel(first.id);
  assert.equal((await overOf(queue, second)).state, 'succeeded');
});

test('A waiting run that is cancelled never starts', async () => {
  await using folder = await temporaryDirectory();
  const queue = await scriptedQueue(folder.path);
  const first = await queue.submit(scripted('wait'));
  const second = await queue.submit(scripted('succeed'));
  assert.equal((await queue.cancel(second.id)).state, 'cancelled');
  await queue.cancel(first.id);
  assert.equal(queue.find(second.id).state, 'cancelled');
});

test('A run in a busy loop hears no request to end and is killed after its grace', async () => {
  await using folder = await temporaryDirectory();
  const queue = await scriptedQueue(folder.path);
  const run = await queue.submit(scripted('hang'));
  await atStep(queue, run, 'hanging');
  const start = performance.now();
  assert.equal((await queue.cancel(run.id)).state, 'cancelled');
  // Half a second of grace; the rest is for a busy machine. `npm run bench -- start` prints what it takes.
  assert.ok(performance.now() - start < 5_000);
});

for (const [script, code, sentence] of [
  ['fail', 'scripted', /as it was told to/],
  ['exit', 'runner_crashed', /exit code 3/],
  ['crash', 'runner_crashed', /SIGSEGV/],
  ['babble', 'runner_unreadable', /nobody understands/],
] as const) {
  test(`A process that is told to ${script} makes a failed run with a sentence, and the next run succeeds`, async () => {
    await using folder = await temporaryDirectory();
    const queue = await scriptedQueue(folder.path);
    const run = await overOf(queue, await queue.submit(scripted(script)));
    assert.equal(run.state, 'failed');
    assert.equal(run.error?.code, code);
    assert.match(run.error?.message ?? '', sentence);
    // Who reads it on the page has no log.
    assert.doesNotMatch(run.error?.advice ?? '', /\blog\b/);
    await assert.rejects(queue.result(run.id), sentence);
    assert.equal((await overOf(queue, await queue.submit(scripted('succeed')))).state, 'succeeded');
  });
}

test('A fault around the running run ends it with the sentence of the fault', async () => {
  await using folder = await temporaryDirectory();
  const queue = await scriptedQueue(folder.path);
  const run = await queue.submit(scripted('wait'));
  await atStep(queue, run, 'waiting');
  queue.failRunning({ code: 'database-lost', message: 'PostgreSQL ended.' });
  const ended = await overOf(queue, run);
  assert.deepEqual([ended.state, ended.error?.message], ['failed', 'PostgreSQL ended.']);
});

test('A fault around a run that deals with it itself does not end it', async () => {
  await using folder = await temporaryDirectory();
  const queue = await scriptedQueue(folder.path);
  const run = await queue.submit(scripted('wait'));
  await atStep(queue, run, 'waiting');
  queue.failRunning({ code: 'database-lost', message: 'PostgreSQL ended.' }, () => true);
  assert.equal(queue.find(run.id).state, 'running');
  assert.equal((await queue.cancel(run.id)).state, 'cancelled');
});

test('A profile that is stopped succeeds with what it has', async () => {
  await using folder = await temporaryDirectory();
  const queue = await scriptedQueue(folder.path);
  const run = await queue.submit(scripted('wait'));
  await atStep(queue, run, 'waiting');
  assert.equal(queue.stopRun(run.id).state, 'running');
  assert.equal((await overOf(queue, run)).state, 'succeeded');
  assert.equal((await queue.result(run.id)).kind, 'profile');
  assert.equal(queue.stopRun(run.id).state, 'succeeded', 'once more changes nothing');
});

test('A profile that is stopped while its process starts stops too, and one that waits has nothing to keep', async () => {
  await using folder = await temporaryDirectory();
  const queue = await scriptedQueue(folder.path);
  const first = await queue.submit(scripted('wait'));
  const second = await queue.submit(scripted('wait'));
  assert.throws(() => queue.stopRun(second.id), { code: 'not_stoppable', message: /it has not begun/ });
  await queue.cancel(second.id);
  queue.stopRun(first.id);
  assert.equal((await overOf(queue, first)).state, 'succeeded');
});

test('A run that ended early has the result of what was done by then, and is no success for it', async () => {
  await using folder = await temporaryDirectory();
  const queue = await scriptedQueue(folder.path);
  const failed = await overOf(queue, await queue.submit(scripted('failWithResult')));
  assert.deepEqual([failed.state, failed.error?.message], ['failed', 'It failed in the middle.']);
  assert.equal((await queue.result(failed.id)).kind, 'profile');

  const run = await queue.submit(scripted('waitForResult'));
  await atStep(queue, run, 'waiting');
  await assert.rejects(queue.result(run.id), /its result comes when it is done/);
  assert.equal((await queue.cancel(run.id)).state, 'cancelled');
  assert.equal((await queue.result(run.id)).kind, 'profile');
});

test('Runs of an earlier server are listed again, and one that was running is shown as failed', async () => {
  await using folder = await temporaryDirectory();
  const before = await scriptedQueue(folder.path);
  const done = await overOf(before, await before.submit(scripted('succeed')));
  const abandoned: Run = {
    ...done,
    id: '20990101-000000-aaaaaa',
    state: 'running',
    createdAt: '2099-01-01T00:00:00Z',
  };
  delete abandoned.endedAt;
  await new RunDirectory(folder.path).save(abandoned);

  const after = await scriptedQueue(folder.path);
  assert.deepEqual(
    after.list().map((run) => [run.id, run.state, run.error?.message]),
    [
      [done.id, 'succeeded', undefined],
      [abandoned.id, 'failed', 'The server ended before the run did.'],
    ],
  );
  assert.equal((await after.result(done.id)).kind, 'profile');
  assert.deepEqual(
    (await eventsOf(after, done.id)).map((event) => event.type),
    ['done'],
  );
});

test('A run whose result was written before the server was killed has succeeded', async () => {
  await using folder = await temporaryDirectory();
  const before = await scriptedQueue(folder.path);
  const done = await overOf(before, await before.submit(scripted('succeed')));
  const { endedAt: _endedAt, ...unended } = done;
  await new RunDirectory(folder.path).save({ ...unended, state: 'running' });

  const after = await scriptedQueue(folder.path);
  assert.equal(after.find(done.id).state, 'succeeded');
  assert.equal((await after.result(done.id)).kind, 'profile');
});

test('Files of a run say their version, and those of a later one are left alone', async () => {
  await using folder = await temporaryDirectory();
  const before = await scriptedQueue(folder.path);
  const { id } = await overOf(before, await before.submit(scripted('succeed')));
  for (const name of ['run.json', 'result.json']) {
    const stored: unknown = JSON.parse(await readFile(path.join(folder.path, id, name), 'utf8'));
    assert.ok(stored instanceof Object && 'version' in stored && stored.version === 1);
  }
  const file = path.join(folder.path, id, 'run.json');
  const later = (await readFile(file, 'utf8')).replace('"version": 1', '"version": 2');
  await writeFile(file, later);
  assert.deepEqual((await scriptedQueue(folder.path)).list(), []);
  assert.equal(await readFile(file, 'utf8'), later);
});

test('A spoilt folder among the runs is named and left alone', async () => {
  await using folder = await temporaryDirectory();
  const spoilt = path.join(folder.path, 'spoilt');
  await mkdir(spoilt);
  await writeFile(path.join(spoilt, 'run.json'), '{"id":');
  const lines: string[] = [];
  const queue = await scriptedQueue(folder.path, { log: (line) => lines.push(line) });
  assert.deepEqual(queue.list(), []);
  assert.match(lines.join('\n'), /spoilt holds no readable run/);
  assert.deepEqual(await readdir(spoilt), ['run.json']);
});

test('A run whose file is a folder or another user’s is named with what to do, and the others go on', async () => {
  await using folder = await temporaryDirectory();
  const before = await scriptedQueue(folder.path);
  const done = await overOf(before, await before.submit(scripted('succeed')));
  const { endedAt: _, ...open } = done;
  const directory = new RunDirectory(folder.path);
  await mkdir(path.join(folder.path, 'strange', 'run.json'), { recursive: true });
  await directory.save({ ...open, id: 'left', state: 'running' });
  await mkdir(path.join(folder.path, 'left', 'result.json'));
  await directory.save({ ...done, id: 'closed' });
  await chmod(path.join(folder.path, 'closed'), 0);
  const lines: string[] = [];
  try {
    const queue = await scriptedQueue(folder.path, { log: (line) => lines.push(line) });
    assert.equal(queue.find(done.id).state, 'succeeded');
    assert.match(queue.find('left').error?.message ?? '', /result\.json cannot be read: it is a folder/);
    const { runs } = await directory.read();
    assert.ok(runs.some(({ id }) => id === done.id));
    await assert.rejects(queue.result('left'), /it is a folder, not a file/);
  } finally {
    await chmod(path.join(folder.path, 'closed'), 0o700);
  }
  const log = lines.join('\n');
  assert.match(
    log,
    /strange\S*run\.json cannot be read: it is a folder, not a file\. It is left alone\. Remove /,
  );
  // The superuser reads what is closed.
  if (process.getuid?.() !== 0 && process.platform !== 'win32')
    assert.match(log, /closed\S*run\.json cannot be read: this user is not allowed to\. .*chown/);
});

test("Nobody else on the machine can read a run's files, those of older versions included", {
  skip: process.platform === 'win32',
}, async () => {
  await using folder = await temporaryDirectory();
  await chmod(folder.path, 0o755);
  const queue = await scriptedQueue(folder.path);
  const run = await overOf(queue, await queue.submit(scripted('succeed')));
  for (const place of [folder.path, path.join(folder.path, run.id)])
    assert.equal((await stat(place)).mode & 0o777, 0o700, place);
});

test('Only the newest ended runs are kept, and the log says how many were removed', async () => {
  await using folder = await temporaryDirectory();
  const lines: string[] = [];
  const options = { keptRuns: 2, log: (line: string) => lines.push(line) };
  const queue = await scriptedQueue(folder.path, options);
  const ids: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    const run = await overOf(queue, await queue.submit(scripted('succeed')));
    ids.push(run.id);
  }
  await queue.stop();
  const again = await scriptedQueue(folder.path, options);
  assert.deepEqual(
    again.list().map((run) => run.id),
    ids.slice(1),
  );
  assert.match(lines.join('\n'), /Removed 1 old run.* the newest 2 are kept/);
});

test('A full queue refuses a run with a sentence', async () => {
  await using folder = await temporaryDirectory();
  const queue = await scriptedQueue(folder.path, { maxWaiting: 1 });
  await queue.submit(scripted('wait'));
  await queue.submit(scripted('succeed'));
  await assert.rejects(queue.submit(scripted('succeed')), QueueFullError);
  await queue.stop();
});

test('A folder that is not writable refuses the run and says which folder', async () => {
  await using folder = await temporaryDirectory();
  const queue = await scriptedQueue(path.join(folder.path, 'runs'));
  await writeFile(path.join(folder.path, 'file'), '');
  const blocked = scriptedQueue(path.join(folder.path, 'file', 'runs'));
  await assert.rejects(blocked, /file.* is a file, not a folder/);
  assert.deepEqual(queue.list(), []);
});

test('Stopping ends the running run and the waiting ones and takes no more', async () => {
  await using folder = await temporaryDirectory();
  const queue = await scriptedQueue(folder.path);
  const runs = [await queue.submit(scripted('wait')), await queue.submit(scripted('succeed'))];
  await queue.stop();
  for (const { id } of runs) {
    assert.equal(queue.find(id).state, 'cancelled');
    assert.match(queue.find(id).error?.message ?? '', /server was stopped/);
  }
});

test('An id that no run has is refused', async () => {
  await using folder = await temporaryDirectory();
  const queue = await scriptedQueue(folder.path);
  assert.throws(() => queue.find('../../etc/passwd'), UnknownRunError);
  await assert.rejects(queue.cancel('nope'), UnknownRunError);
});
