import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { env, execPath, platform, versions } from 'node:process';
import { afterEach, describe, it } from 'node:test';
import { chooseNode, OLDEST_NODE, UnusableNode } from '../../extension/server/choose-node.ts';
import { temporaryFolder } from '../host/temporary-folder.ts';

const path = env['PATH'] ?? '';

describe('the choice of the Node.js that runs the server', { skip: platform === 'win32' }, () => {
  afterEach(() => {
    env['PATH'] = path;
  });

  it('follows the setting', async () => {
    const runtime = await chooseNode({ setting: execPath, editor: '/nowhere/code' });
    assert.equal(runtime.command, execPath);
    assert.equal(runtime.version, versions.node);
    assert.deepEqual(runtime.env, {});
    assert.match(runtime.why, /nodePath/);
  });

  it('refuses a setting that names no Node.js instead of taking another one', async () => {
    await assert.rejects(chooseNode({ setting: '/nowhere/node', editor: execPath }), (error: unknown) => {
      assert.ok(error instanceof UnusableNode);
      assert.equal(error.command, '/nowhere/node');
      return error.problem.kind === 'not-node';
    });
  });

  it('refuses a setting that names a program which is not Node.js', async () => {
    await assert.rejects(chooseNode({ setting: '/bin/echo', editor: execPath }), { name: 'UnusableNode' });
  });

  it('refuses a Node.js that is too old, and says which one is wanted', async () => {
    await using folder = await folderWithNode('22.11.9');
    await assert.rejects(chooseNode({ setting: join(folder.path, 'node'), editor: execPath }), {
      problem: { kind: 'too-old', version: '22.11.9', wanted: OLDEST_NODE },
    });
  });

  it('takes the node on PATH when it is new enough', async () => {
    await using folder = await folderWithNode('22.12.0');
    env['PATH'] = [folder.path, path].join(delimiter);
    const runtime = await chooseNode({ setting: '', editor: execPath });
    assert.equal(runtime.command, 'node');
    assert.equal(runtime.version, '22.12.0');
  });

  it("takes the editor's own when the node on PATH is too old, and says so", async () => {
    await using folder = await folderWithNode('20.20.2');
    env['PATH'] = [folder.path, path].join(delimiter);
    const runtime = await chooseNode({ setting: '', editor: execPath });
    assert.equal(runtime.command, execPath);
    assert.deepEqual(runtime.env, { ELECTRON_RUN_AS_NODE: '1' });
    assert.match(runtime.why, /on PATH is only 20\.20\.2/);
  });

  it("takes the editor's own when there is no node on PATH", async () => {
    await using folder = await temporaryFolder('empty-path');
    env['PATH'] = folder.path;
    const runtime = await chooseNode({ setting: '', editor: execPath });
    assert.equal(runtime.command, execPath);
    assert.match(runtime.why, /on PATH is none/);
  });
});

/** A folder with a `node` that says it is of this version. */
async function folderWithNode(version: string) {
  const folder = await temporaryFolder('node');
  await writeFile(join(folder.path, 'node'), `#!/bin/sh\necho ${version}\n`);
  await chmod(join(folder.path, 'node'), 0o755);
  return folder;
}
