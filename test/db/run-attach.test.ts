import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { decodeProfile } from '../../server/protocol/profile/decode-profile.ts';
import { runEnd } from './support/run-end.ts';
import { servedLibrary } from './support/served-library.ts';

const library = await servedLibrary(1_000);
after(() => library[Symbol.asyncDispose]());
const { client } = library;

/** Says each time that it has worked, so that nobody needs to guess when it has. */
const BUSY = `function busyWork(n) { return n < 2 ? n : busyWork(n - 1) + busyWork(n - 2); }
  setInterval(() => { const end = performance.now() + 20; while (performance.now() < end) busyWork(18); console.log('worked'); }, 1);`;

test('A process that runs already is recorded as a run, and can be stopped early', async () => {
  const child = spawn(process.execPath, ['--inspect-port=0', '-e', BUSY], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    await once(child.stdout, 'data');
    const { id } = await client.createRun({
      kind: 'attach',
      target: String(child.pid),
      durationSeconds: 600,
    });
    for await (const event of client.followRun(id)) {
      if (event.type !== 'progress' || event.step !== 'Recording') continue;
      // Some rounds of work, each of some samples, however long the machine lets it wait for them.
      for (let round = 0; round < 10; round++) await once(child.stdout, 'data');
      await client.stopRun(id);
      break;
    }
    const run = await runEnd(client, id);
    assert.equal(run.error, undefined);
    const result = await client.result(id);
    assert.ok(result.kind === 'attach');
    assert.deepEqual([result.pid, result.endedBy, result.collector], [child.pid, 'stop', 'v8-cpu']);
    assert.ok((result.costOfMeasuring?.samples.microsEach ?? 0) > 0);
    assert.deepEqual(
      result.artifacts.map(({ name }) => name),
      ['profile.cpuprofile', 'profile.espp'],
    );
    const profile = decodeProfile(await client.profile(id));
    assert.ok(profile.strings.includes('busyWork'));
    assert.equal(child.exitCode, null);
  } finally {
    child.kill('SIGKILL');
  }
});

test('A run that cannot attach fails with a sentence', async () => {
  const { id } = await client.createRun({ kind: 'attach', target: '127.0.0.1:1' });
  const run = await runEnd(client, id);
  assert.equal(run.error?.code, 'attach_no_inspector');
});
