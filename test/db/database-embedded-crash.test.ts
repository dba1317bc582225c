import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../server/database/embedded/embedded-postgres.ts';
import { identifyPostmaster } from '../../server/database/embedded/process-identity.ts';
import { accountForNewData, type ServerAccount } from '../../server/database/embedded/server-account.ts';
import { appearance } from './support/appearance.ts';
import { query } from './support/query.ts';
import { serverProcess, started } from './support/server-process.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

test('after a kill -9 of the server the next start takes over the PostgreSQL that lives on', async () => {
  await using place = await temporaryDirectory();
  await using server = serverProcess(path.join(place.path, 'data'));
  const { pid, url } = await started(server);
  await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  server.child.kill('SIGKILL');
  await once(server.child, 'exit');
  assert.equal(await isRunning(pid, place.path), true);
  const log: string[] = [];
  await using next = await start(place.path, log);
  assert.equal(next.pid, pid);
  assert.match(log.join('\n'), /Took over PostgreSQL \(process \d+\)/);
  assert.deepEqual(await query(next.connectionString, 'SELECT answer FROM kept'), [{ answer: 42 }]);
  await next.stop();
  assert.equal((await next.exited).requested, true);
  assert.equal(await isRunning(pid, place.path), false);
});

test('a kill -9 of PostgreSQL is told, and the next start recovers what was committed', async () => {
  await using place = await temporaryDirectory();
  const postgres = await start(place.path);
  await query(postgres.connectionString, 'CREATE TABLE kept AS SELECT 42 AS answer');
  process.kill(postgres.pid, 'SIGKILL');
  assert.deepEqual(await postgres.exited, { requested: false, reason: 'it was ended by SIGKILL' });
  await using next = await start(place.path);
  assert.deepEqual(await query(next.connectionString, 'SELECT answer FROM kept'), [{ answer: 42 }]);
});

test('a kill -9 of a PostgreSQL that was taken over is told too', async () => {
  await using place = await temporaryDirectory();
  await using server = serverProcess(path.join(place.path, 'data'));
  await started(server);
  server.child.kill('SIGKILL');
  await once(server.child, 'exit');
  const adopted = await start(place.path);
  process.kill(adopted.pid, 'SIGKILL');
  assert.deepEqual(await adopted.exited, { requested: false, reason: 'its process is gone' });
});

test('a PostgreSQL that does not answer is ended and started again', async () => {
  await using place = await temporaryDirectory();
  await using server = serverProcess(path.join(place.path, 'data'));
  const { pid, url } = await started(server);
  await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  server.child.kill('SIGKILL');
  await once(server.child, 'exit');
  process.kill(pid, 'SIGSTOP');
  const log: string[] = [];
  await using next = await start(place.path, log);
  assert.notEqual(next.pid, pid);
  assert.match(log.join('\n'), /does not answer/);
  assert.equal(await isRunning(pid, place.path), false);
  assert.deepEqual(await query(next.connectionString, 'SELECT answer FROM kept'), [{ answer: 42 }]);
});

test('a PostgreSQL left running with other settings is started again with the new ones', async () => {
  await using place = await temporaryDirectory();
  await using server = serverProcess(path.join(place.path, 'data'));
  const { pid } = await started(server);
  server.child.kill('SIGKILL');
  await once(server.child, 'exit');
  await using next = await startEmbeddedPostgres({
    dataDirectory: path.join(place.path, 'data'),
    log: () => undefined,
    settings: { work_mem: '7MB' },
  });
  assert.notEqual(next.pid, pid);
  assert.deepEqual(await query(next.connectionString, 'SHOW work_mem'), [{ work_mem: '7MB' }]);
});

test('a postmaster.pid whose number now belongs to another program of the same account is no obstacle', async () => {
  await using place = await temporaryDirectory();
  const postgres = await start(place.path);
  const pidFile = path.join(postgres.dataDirectory, 'cluster', 'postmaster.pid');
  const text = await readFile(pidFile, 'utf8');
  await postgres.stop();
  const stranger = await programOf(await accountForNewData());
  try {
    await writeFile(pidFile, text.replace(/^\d+/, String(stranger.pid)));
    await using next = await start(place.path);
    assert.deepEqual(await query(next.connectionString, 'SELECT 1 AS one'), [{ one: 1 }]);
    assert.equal(stranger.exitCode ?? stranger.signalCode, null, 'the other program was ended');
  } finally {
    stranger.kill('SIGKILL');
  }
});

test('a first start killed in the middle leaves nothing that stands in the way of the next', async () => {
  await using place = await temporaryDirectory();
  await using server = serverProcess(path.join(place.path, 'data'));
  await appearance(place.path, /^data\.new-.*PG_VERSION$/);
  server.child.kill('SIGKILL');
  await once(server.child, 'exit');
  assert.equal((await readdir(place.path)).includes('data'), false);
  await using next = await start(place.path);
  assert.deepEqual(await query(next.connectionString, 'SELECT 1 AS one'), [{ one: 1 }]);
  assert.deepEqual(await readdir(place.path), ['data']);
});

test('a second server on the same data is refused, is told whose it is, and does no harm', async () => {
  await using place = await temporaryDirectory();
  await using first = serverProcess(path.join(place.path, 'data'));
  const { url } = await started(first);
  await assert.rejects(start(place.path), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'data_directory_in_use');
    assert.match(error.message, new RegExp(`in use by another server \\(process ${first.child.pid}\\)`));
    return true;
  });
  assert.deepEqual(await query(url, 'SELECT 1 AS one'), [{ one: 1 }]);
});

test('of servers that make their first start on the same data at once, one runs and the others are refused', async () => {
  await using place = await temporaryDirectory();
  await using disposable = new AsyncDisposableStack();
  const servers = Array.from({ length: 3 }, () =>
    disposable.use(serverProcess(path.join(place.path, 'data'))),
  );
  const reports = await Promise.all(servers.map((server) => server.report));
  const running = reports.flatMap((report) => ('url' in report ? [report] : []));
  assert.equal(running.length, 1, JSON.stringify(reports));
  for (const report of reports) {
    if ('code' in report) assert.equal(report.code, 'data_directory_in_use');
  }
  assert.deepEqual(await query(running[0]?.url ?? '', 'SELECT 1 AS one'), [{ one: 1 }]);
});

test('the data stays guarded when somebody ends the session that guards it', async () => {
  await using place = await temporaryDirectory();
  const log: string[] = [];
  await using postgres = await start(place.path, log);
  await query(
    postgres.connectionString,
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'eventstore-profiler server%'",
  );
  const held = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted";
  while ((await query(postgres.connectionString, held)).length === 0) await delay(20);
  await assert.rejects(start(place.path), { code: 'data_directory_in_use' });
});

test('Ctrl+C in the terminal reaches the server alone, which then stops PostgreSQL in order', async () => {
  await using place = await temporaryDirectory();
  await using server = serverProcess(path.join(place.path, 'data'));
  const { pid, dataDirectory } = await started(server);
  process.kill(-(server.child.pid ?? 0), 'SIGINT');
  const last = (await server.lines).at(-1) ?? '';
  assert.deepEqual(JSON.parse(last), { requested: true, reason: 'it ended with code 0' });
  assert.equal(await isRunning(pid, place.path), false);
  const words = await readFile(path.join(dataDirectory, 'postgres.log'), 'utf8');
  assert.equal(words.match(/received fast shutdown request/g)?.length, 1);
});

test('the connection of a client that is killed in the middle of a query is free long before its query ends', {
  skip: process.platform === 'win32',
}, async () => {
  await using place = await temporaryDirectory();
  await using postgres = await start(place.path);
  const script = `import pg from 'pg';
      const client = new pg.Client({ connectionString: process.argv[1], application_name: 'doomed' });
      await client.connect();
      await client.query('SELECT pg_sleep(60)');`;
  const client = spawn(process.execPath, ['--input-type=module', '-e', script, postgres.connectionString], {
    cwd: import.meta.dirname,
  });
  const watcher = new pg.Client({ connectionString: postgres.connectionString });
  await watcher.connect();
  const sessions = async () =>
    (
      await watcher.query(
        "SELECT FROM pg_stat_activity WHERE application_name = 'doomed' AND state = 'active'",
      )
    ).rowCount;
  while ((await sessions()) === 0) await delay(20);
  client.kill('SIGKILL');
  const killed = performance.now();
  while ((await sessions()) !== 0) await delay(20);
  const milliseconds = performance.now() - killed;
  await watcher.end();
  // A quarter of a second and what a busy machine adds; the query itself would take a minute.
  assert.ok(milliseconds < 20_000, `it took ${milliseconds} ms`);
});

// The bare number is not enough: a process that has ended keeps it until its parent asks.
async function isRunning(pid: number, place: string): Promise<boolean> {
  return (await identifyPostmaster(pid, place)) === 'ours';
}

/** Some program of the account. It is Node.js, which gives up root itself: the account may not be able to start it. */
async function programOf(account: ServerAccount | undefined): Promise<ChildProcess> {
  const become = account && `process.setgid(${account.gid}); process.setuid(${account.uid});`;
  const script = `${become ?? ''} console.log('running'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script], { cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

function start(place: string, log: string[] = []) {
  return startEmbeddedPostgres({
    dataDirectory: path.join(place, 'data'),
    log: (message) => log.push(message),
  });
}
