import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { hostFolder } from './host-paths.ts';

// A test host that calls a failure a success would make every extension test worthless.
describe('the VS Code host for tests', { timeout: 600_000 }, () => {
  it('passes tests that pass', async () => {
    const run = await launch('passing');
    assert.match(run.stdout, /^VS Code 1\./);
    assert.equal(run.code, 0, run.stderr);
  });

  it('fails when an assertion fails inside the extension host', async () => {
    const run = await launch('failing');
    assert.equal(run.code, 1);
    assert.match(run.stderr, /AssertionError/);
  });

  it('fails when the extension host dies', async () => {
    const run = await launch('dying');
    assert.equal(run.code, 71);
    assert.match(run.stderr, /extension host ended before the tests did/);
  });

  it('fails when the tests never end', async () => {
    const run = await launch('hanging', { TEST_HOST_TIMEOUT_MS: '1000' });
    assert.equal(run.code, 124);
    assert.match(run.stderr, /did not end within 1 seconds/);
  });

  it('makes the command that runs the extension tests fail with it', async () => {
    const sample = join(samples, 'failing.cjs');
    const run = await ended([join(extensionTests, 'run.ts'), '--only', 'suites', '--tests', sample]);
    assert.equal(run.code, 1, run.stderr);
    assert.match(run.stderr, /AssertionError/);
  });
});

const samples = join(hostFolder, 'samples');
const extensionTests = join(hostFolder, '../extension');

function launch(sample: string, env: NodeJS.ProcessEnv = {}) {
  const host = [join(hostFolder, 'launcher.ts'), `--extensionDevelopmentPath=${samples}`];
  return ended([...host, `--extensionTestsPath=${join(samples, `${sample}.cjs`)}`, samples], env);
}

async function ended(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  const child = spawn(execPath, args, { env: { ...process.env, ...env }, stdio: [...stdio] });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const [[code], stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}
