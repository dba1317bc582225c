import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { VERSION } from '../../server/main/version.ts';
import type { ServerClient } from '../../server/protocol/client.ts';
import { cli, isAlive, postmasterPid, profilerServer } from './support/profiler-server.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const small = ['--events', '2000'];

/** Starts a run that lasts longer than any test and resolves when it works. */
async function longRun(client: ServerClient): Promise<string> {
  const run = await client.createRun({
    kind: 'profile',
    handler: 'BooksInCirculation',
    iterations: 1_000_000,
  });
  for await (const event of client.followRun(run.id))
    if (event.type === 'progress' && event.step.startsWith('Profiling')) return run.id;
  throw new Error('The run ended');
}

test('A first start answers at once, fills the store, and a later start finds everything again', async () => {
  await using workspace = await temporaryDirectory();
  {
    await using server = profilerServer(workspace.path, { args: small });
    const { client } = await server.listening;
    assert.equal((await client.status()).state, 'starting');
    await server.ready;
    const steps = server.messages.flatMap((message) =>
      message.type === 'status' ? (message.status.step ?? []) : [],
    );
    assert.ok(steps.includes('Filling the event store'), steps.join());
    assert.equal((await client.status()).events, 2000);
    assert.match(server.stdout(), /Ready after .* 2,000 events/);
    const folder = path.join(workspace.path, '.eventstore-profiler');
    assert.equal((await stat(path.join(folder, 'server.json'))).mode & 0o777, 0o600);
    assert.equal(await readFile(path.join(folder, '.gitignore'), 'utf8'), '*\n');
  }
  await using again = profilerServer(workspace.path, { args: small });
  const client = await again.ready;
  assert.equal((await client.status()).events, 2000);
  assert.deepEqual(
    (await client.runs()).map(({ request, state }) => [request.kind, state]),
    [['seed', 'succeeded']],
  );
});

test('A page that stays open while its server restarts finds the next one: same port, same cookie', async () => {
  await using workspace = await temporaryDirectory();
  const cookies: string[] = [];
  const addresses: string[] = [];
  const modes: number[] = [];
  for (const _ of ['first', 'second']) {
    await using server = profilerServer(workspace.path, { args: ['--events', '0'] });
    const { url, client } = await server.listening;
    addresses.push(url);
    if (cookies.length === 0) {
      const opened = await fetch(await client.browserAddress(), { redirect: 'manual' });
      cookies.push(opened.headers.getSetCookie()[0]?.split(';')[0] ?? '');
    }
    const status = await fetch(`${url}/api/status`, { headers: { Cookie: cookies[0] ?? '' } });
    assert.equal(status.status, 200);
    modes.push((await stat(path.join(workspace.path, '.eventstore-profiler/address.json'))).mode & 0o777);
  }
  assert.equal(addresses[0], addresses[1]);
  assert.deepEqual(modes, [0o600, 0o600]);
});

test('An address that others can read may come from elsewhere and is not taken over', async () => {
  await using workspace = await temporaryDirectory();
  const folder = path.join(workspace.path, '.eventstore-profiler');
  const token = 'known-to-whoever-made-this-repository';
  await mkdir(folder);
  await writeFile(path.join(folder, 'address.json'), JSON.stringify({ version: 1, port: 1, token }));
  await using server = profilerServer(workspace.path, { args: ['--events', '0'] });
  assert.notEqual((await server.listening).token, token);
  await server.ready;
});

test('The editor gets no token in the output that it keeps as a log', async () => {
  await using workspace = await temporaryDirectory();
  await using server = profilerServer(workspace.path, { args: ['--events', '0'] });
  const { token, url } = await server.listening;
  await server.ready;
  await using second = profilerServer(workspace.path);
  await second.ended;
  assert.ok(server.stdout().includes(url));
  for (const text of [server.stdout(), server.stderr(), second.stdout(), second.stderr()]) {
    assert.ok(!text.includes(token), text);
  }
});

test('A second server on the same workspace says who serves it and leaves the first alone', async () => {
  await using workspace = await temporaryDirectory();
  await using first = profilerServer(workspace.path, { args: ['--events', '0'] });
  const { url, token, client } = await first.listening;
  await first.ready;

  await using fromTerminal = cli(['start', '--workspace', workspace.path]);
  assert.equal((await fromTerminal.ended).code, 1);
  assert.ok(fromTerminal.stderr().includes(`runs already: process ${first.child.pid} at ${url}`));
  assert.match(fromTerminal.stderr(), /eventstore-profiler stop/);

  await using samePort = cli(['start', '--workspace', workspace.path, '--port', new URL(url).port]);
  assert.equal((await samePort.ended).code, 1);
  assert.match(samePort.stderr(), /runs already/);

  await using fromEditor = profilerServer(workspace.path);
  await fromEditor.ended;
  assert.deepEqual(
    fromEditor.messages.filter(({ type }) => type !== 'status'),
    [{ type: 'already-running', url, token, pid: first.child.pid, wanted: { version: VERSION } }],
  );
  assert.equal((await client.status()).state, 'ready');
});

test('Of servers that start at the same moment exactly one serves the workspace', async () => {
  await using workspace = await temporaryDirectory();
  await using crowd = new AsyncDisposableStack();
  const servers = Array.from({ length: 4 }, () =>
    crowd.use(profilerServer(workspace.path, { args: ['--events', '0'] })),
  );
  const outcomes = await Promise.all(
    servers.map((server) =>
      Promise.race([server.ready.then(() => 'serves'), server.ended.then(() => 'ended')]),
    ),
  );
  assert.deepEqual(outcomes.toSorted(), ['ended', 'ended', 'ended', 'serves']);
  for (const [place, outcome] of outcomes.entries())
    if (outcome === 'ended') assert.match(servers[place]?.stderr() ?? '', /runs already/);
});

test('After a kill of the server nothing of it stays but PostgreSQL, and the next start is a good one', async () => {
  await using workspace = await temporaryDirectory();
  await using killed = profilerServer(workspace.path, { args: small });
  const client = await killed.ready;
  const id = await longRun(client);
  const postgres = await postmasterPid(workspace.path);
  const runners = (await childrenOf(killed.child.pid)).filter((pid) => pid !== postgres);
  killed.child.kill('SIGKILL');
  await killed.ended;

  await using next = profilerServer(workspace.path, { args: small });
  const after = await next.ready;
  assert.equal((await after.status()).events, 2000);
  const run = await after.run(id);
  assert.deepEqual([run.state, run.error?.code], ['failed', 'server_ended']);
  for (const pid of runners) assert.equal(isAlive(pid), false, `process ${pid} of the killed server lives`);
});

for (const [title, end] of [
  ['Ctrl+C', (pid: number) => process.kill(-pid, 'SIGINT')],
  ['a request to end', (pid: number) => process.kill(pid, 'SIGTERM')],
] as const) {
  test(`After ${title} in the middle of a run no process is left`, async () => {
    await using workspace = await temporaryDirectory();
    await using server = profilerServer(workspace.path, { args: small });
    const client = await server.ready;
    const pid = server.child.pid ?? 0;
    await longRun(client);
    const processes = [...(await childrenOf(pid)), await postmasterPid(workspace.path)];
    assert.ok(processes.length >= 2);
    end(pid);
    assert.deepEqual(await server.ended, { code: 0, signal: null });
    assert.match(server.stdout(), /Stopped\.\n$/);
    for (const child of processes) assert.equal(isAlive(child), false, `process ${child} is left`);
  });
}

test('A server whose output nobody reads any more goes on', async () => {
  await using workspace = await temporaryDirectory();
  await using server = profilerServer(workspace.path, { args: ['--events', '100'] });
  const { client } = await server.listening;
  server.child.stdout?.destroy();
  server.child.stderr?.destroy();
  await server.ready;
  assert.equal((await client.status()).events, 100);
});

test('When the editor is gone the server ends by itself', async () => {
  await using workspace = await temporaryDirectory();
  await using server = profilerServer(workspace.path, { args: ['--events', '0'] });
  await server.ready;
  const postgres = await postmasterPid(workspace.path);
  server.child.disconnect();
  assert.equal((await server.ended).code, 0);
  assert.equal(isAlive(postgres), false);
});

test('Ctrl+C in the middle of the first start leaves a workspace that starts well', async () => {
  await using workspace = await temporaryDirectory();
  {
    await using server = profilerServer(workspace.path, { args: ['--events', '200000'] });
    await once(server.child, 'message');
    await server.said(/Filling the event store/);
    process.kill(-(server.child.pid ?? 0), 'SIGINT');
    assert.equal((await server.ended).code, 0);
  }
  await using again = profilerServer(workspace.path, { args: small });
  assert.equal((await (await again.ready).status()).events, 2000);
});

test('"stop" ends the server of the workspace and says when none runs', async () => {
  await using workspace = await temporaryDirectory();
  await using server = profilerServer(workspace.path, { args: ['--events', '0'] });
  await server.ready;
  await using status = cli(['status', '--workspace', workspace.path]);
  assert.equal((await status.ended).code, 0);
  assert.match(status.stdout(), /^ready, process \d+\nPostgreSQL 18.*\n0 events\nhttp:.*\?token=/);
  await using stop = cli(['stop', '--workspace', workspace.path]);
  assert.equal((await stop.ended).code, 0);
  assert.equal((await server.ended).code, 0);
  await using again = cli(['status', '--workspace', workspace.path]);
  assert.equal((await again.ended).code, 1);
  assert.match(again.stderr(), /No server runs for the workspace/);
});

/** Only where the system tells: on Linux. */
async function childrenOf(pid: number | undefined): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.trim().split(' ').filter(Boolean).map(Number);
}
