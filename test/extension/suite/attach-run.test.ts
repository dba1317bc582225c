import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { commands, window } from 'vscode';
import { targetFault } from '../../../extension/commands/ask-attach.ts';
import { COMMANDS } from '../../../extension/commands/command-ids.ts';
import type { DrawnPanel } from '../../../extension/panel/profile-panels.ts';
import type { ProfilerApi } from '../../../extension/profiler-api.ts';
import type { Run } from '../../../server/protocol/run.ts';
import { nextOf, profilerExtension } from './profiler.ts';

const program = `
function burns() { const end = performance.now() + 5; while (performance.now() < end); }
setInterval(burns, 10);
console.log('runs');
`;

describe('attaching to a process', () => {
  let profiler: ProfilerApi;
  let busy: ChildProcess;

  before(async () => {
    profiler = await profilerExtension().activate();
    busy = spawn('node', ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
    assert.ok(busy.stdout);
    await once(busy.stdout, 'data');
  });

  after(async () => {
    busy.kill();
    await commands.executeCommand('workbench.action.closeAllEditors');
    await commands.executeCommand(COMMANDS.stopServer);
  });

  it('records it and draws its flame graph in a panel', async () => {
    const drawn = nextOf(profiler.onDidDrawProfile, (_: DrawnPanel): _ is DrawnPanel => true);
    const order = { target: String(busy.pid), durationSeconds: 0.5 };
    const run = await commands.executeCommand<Run>(COMMANDS.attachProcess, order);
    assert.equal(run?.state, 'succeeded');
    assert.equal((await drawn).run, run.id);
    const labels = window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
    assert.ok(
      labels.some((label) => label.includes(`(${busy.pid}): flame graph`)),
      labels.join(),
    );
    assert.equal(busy.exitCode, null);
  });

  it('says while it is typed what is no process', () => {
    assert.equal(targetFault('1234'), undefined);
    assert.equal(targetFault('127.0.0.1:9229'), undefined);
    assert.match(targetFault('server.js') ?? '', /is no process id and no address.*Give the process id/);
    assert.match(targetFault('example.com:9229') ?? '', /is not this machine/);
  });
});
