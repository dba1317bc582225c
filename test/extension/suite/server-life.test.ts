import assert from 'node:assert/strict';
import { execFileSync, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ConfigurationTarget, commands, workspace } from 'vscode';
import { COMMANDS } from '../../../extension/commands/command-ids.ts';
import type { ProfilerApi } from '../../../extension/profiler-api.ts';
import { launchMessageSchema } from '../../../server/protocol/server-status.ts';
import { temporaryFolder } from '../../host/temporary-folder.ts';
import { untilGone } from '../journey/profiler-processes.ts';
import { profilerExtension, stateOf } from './profiler.ts';

const settings = () => workspace.getConfiguration('eventstoreProfiler');
const set = (name: string, value: string | undefined) =>
  settings().update(name, value, ConfigurationTarget.Workspace);

describe('the server of a window', () => {
  let profiler: ProfilerApi;

  before(async () => {
    profiler = await profilerExtension().activate();
  });

  afterEach(async () => {
    await commands.executeCommand(COMMANDS.stopServer);
    await set('nodePath', undefined);
    await set('databaseUrl', undefined);
  });

  it('starts by command, answers nobody without a token, and leaves no process behind when it is stopped', async () => {
    const { session } = await start();
    assert.equal((await fetch(`${session.url}/api/status`)).status, 401);
    assert.ok(processesOf(session.pid).length > 1, 'the server has a database');
    const started = processesOf(session.pid);
    await commands.executeCommand(COMMANDS.stopServer);
    assert.equal(profiler.serverState().kind, 'stopped');
    assert.deepEqual(started.filter(isAlive), []);
  });

  it('is one, however often it is started', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    assert.equal(first.session.pid, second.session.pid);
  });

  it('is another one after a restart', async () => {
    const { session } = await start();
    await commands.executeCommand(COMMANDS.restartServer);
    const { session: restarted } = await stateOf(profiler, 'ready');
    assert.notEqual(restarted.pid, session.pid);
    assert.equal(isAlive(session.pid), false);
  });

  it('can be stopped while it starts', async () => {
    const starting = commands.executeCommand(COMMANDS.startServer);
    await stateOf(profiler, 'starting');
    await commands.executeCommand(COMMANDS.stopServer);
    await starting;
    assert.equal(profiler.serverState().kind, 'stopped');
  });

  it('is said to have failed when it is killed, and starts again on the same data', async () => {
    const { session } = await start();
    process.kill(session.pid, 'SIGKILL');
    const { fault } = await stateOf(profiler, 'failed');
    assert.equal(fault.code, 'server_ended');
    assert.match(fault.message, /SIGKILL/);
    const again = await start();
    assert.notEqual(again.session.pid, session.pid);
  });

  it('is the one that another window has started on the same folder, and is left to that window', async () => {
    const { other, url } = await startElsewhere();
    const { session } = await start();
    assert.deepEqual(session, { pid: other.pid, url, owned: false });
    await commands.executeCommand(COMMANDS.stopServer);
    assert.equal(isAlive(session.pid), true);
    await start();
    other.disconnect();
    await stateOf(profiler, 'stopped');
    assert.equal((await start()).session.owned, true, 'the next start is our own');
  });

  it('does not start on a nodePath that is no Node.js, and says so', async () => {
    await set('nodePath', '/nowhere/node');
    void commands.executeCommand(COMMANDS.startServer);
    const { fault } = await stateOf(profiler, 'failed');
    assert.equal(fault.code, 'unusable_node');
    assert.match(fault.message, /\/nowhere\/node cannot be run as Node\.js/);
    assert.match(fault.advice ?? '', /eventstoreProfiler\.nodePath/);
  });

  it('does not start on a database that does not answer, and says which and what to do, without the password', async () => {
    const port = await freePort();
    await set('databaseUrl', `postgresql://reader:pa55word@127.0.0.1:${port}/events`);
    void commands.executeCommand(COMMANDS.startServer);
    const { fault } = await stateOf(profiler, 'failed');
    assert.match(fault.message, new RegExp(`127\\.0\\.0\\.1:${port}`));
    assert.ok(fault.advice);
    assert.doesNotMatch(`${fault.message} ${fault.advice}`, /pa55word/);
  });

  it('leaves no process behind when its window dies in the middle of the start', async () => {
    await using folder = await temporaryFolder('dying-parent');
    const parent = `
      const server = require('node:child_process').fork(process.argv[1], process.argv.slice(2), { stdio: 'ignore' });
      server.once('spawn', () => process.stdout.write(String(server.pid), () => process.kill(process.pid, 'SIGKILL')));
    `;
    const options = ['start', '--workspace', folder.path, '--no-open', '--events', '0'];
    const { stdout } = spawnSync(process.execPath, ['-e', parent, cli(), ...options], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      encoding: 'utf8',
    });
    const pid = Number(stdout);
    assert.ok(pid > 0);
    await untilGone([pid]);
    assert.ok(!execFileSync('ps', ['-Ao', 'args='], { encoding: 'utf8' }).includes(folder.path));
  });

  async function start() {
    await commands.executeCommand(COMMANDS.startServer);
    return stateOf(profiler, 'ready');
  }
});

/** Starts the server as another window does. */
async function startElsewhere() {
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const other = fork(cli(), ['start', '--workspace', folder, '--no-open'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const url = await new Promise<string>((resolve) => {
    other.on('message', (message) => {
      const { data } = launchMessageSchema.safeParse(message);
      if (data?.type === 'listening') resolve(data.url);
    });
  });
  return { other, url };
}

function cli(): string {
  return join(profilerExtension().extensionPath, 'dist/cli.js');
}

/** A process and all its descendants. */
function processesOf(pid: number): number[] {
  const table = execFileSync('ps', ['-Ao', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const childrenOf = (parent: number): number[] =>
    rows.flatMap(([child = 0, ppid]) => (ppid === parent ? [child, ...childrenOf(child)] : []));
  return [pid, ...childrenOf(pid)];
}

function isAlive(pid: number): boolean {
  return execFileSync('ps', ['-Ao', 'pid=,stat='], { encoding: 'utf8' })
    .split('\n')
    .some((line) => new RegExp(`^\\s*${pid}\\s+[^Z]`).test(line));
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}
