import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { ServerClient } from '../../server/protocol/client.ts';
import { errorResponseSchema } from '../../server/protocol/error-response.ts';
import type { Run } from '../../server/protocol/run.ts';
import { occupiedPort } from './support/occupied-port.ts';
import { cannotBeOrdinary, ordinaryUser } from './support/ordinary-user.ts';
import { type CliProcess, cli, isAlive, postmasterPid, profilerServer } from './support/profiler-server.ts';
import { query } from './support/query.ts';
import { smallDisk } from './support/small-disk.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { testDatabase } from './support/test-database.ts';

/** The process ended with a fault: a sentence that says what is wrong, one that says what to do, and no stack. */
async function refuses(start: CliProcess, wrong: RegExp, advice: RegExp, code = 1): Promise<void> {
  assert.deepEqual(await start.ended, { code, signal: null });
  assert.match(start.stderr(), wrong);
  assert.match(start.stderr(), advice);
  assert.doesNotMatch(start.stderr() + start.stdout(), /^\s+at |node:internal/m);
}

async function over(client: ServerClient, id: string): Promise<Run> {
  for await (const event of client.followRun(id)) if (event.type === 'done') return event.run;
  throw new Error('The run has no end');
}

test('A port in use is named, with what to do', async () => {
  await using workspace = await temporaryDirectory();
  await using other = await occupiedPort();
  await using start = cli(['start', '--workspace', workspace.path, '--port', String(other.port)]);
  await refuses(start, new RegExp(`Port ${other.port} is in use by another program`), /Leave --port out/);
});

for (const port of ['-1', '65536', 'http', '80.5']) {
  test(`--port ${port} is wrong usage`, async () => {
    await using workspace = await temporaryDirectory();
    await using start = cli(['start', '--workspace', workspace.path, `--port=${port}`]);
    assert.equal((await start.ended).code, 2);
    assert.match(start.stderr(), /--port must be a whole number from 0 to 65535/);
    assert.deepEqual(await readdir(workspace.path), []);
  });
}

test('A database that does not answer is named without its password', async () => {
  await using workspace = await temporaryDirectory();
  const url = 'postgres://me:hunter2@127.0.0.1:1/events';
  await using start = cli(['start', '--workspace', workspace.path, '--database-url', url]);
  await refuses(start, /Nothing answers at 127\.0\.0\.1:1\/events/, /Start PostgreSQL there/);
  assert.doesNotMatch(start.stderr() + start.stdout(), /hunter2/);
  await using verbose = cli(['start', '--verbose', '--workspace', workspace.path, '--database-url', url]);
  await verbose.ended;
  assert.doesNotMatch(verbose.stderr() + verbose.stdout(), /hunter2/);
});

test('While the editor waits, a start that fails tells its fault over the channel', async () => {
  await using workspace = await temporaryDirectory();
  const url = 'postgres://me:hunter2@127.0.0.1:1/events';
  await using start = profilerServer(workspace.path, { args: ['--database-url', url] });
  assert.equal((await start.ended).code, 1);
  const faults = start.messages.flatMap((message) =>
    message.type === 'status' ? (message.status.error ?? []) : [],
  );
  assert.equal(errorResponseSchema.parse(faults[0]).code, 'database_unreachable');
  assert.doesNotMatch(JSON.stringify(start.messages), /hunter2/);
});

test('A schema of a newer version is refused and left as it is', async () => {
  await using workspace = await temporaryDirectory();
  await using database = await testDatabase();
  const args = ['start', '--workspace', workspace.path, '--database-url', database.url];
  {
    await using first = profilerServer(workspace.path, { args: ['--database-url', database.url] });
    await first.ready;
  }
  await query(
    database.url,
    `INSERT INTO schema_migrations (name, run_on) VALUES ('9999_from-the-future', now())`,
  );
  await using start = cli(args);
  await refuses(
    start,
    /newer version of Event Store Profiler.*9999_from-the-future/,
    /Update Event Store Profiler/,
  );
});

test('Data of another PostgreSQL version is refused and left as it is', async () => {
  await using workspace = await temporaryDirectory();
  const cluster = path.join(workspace.path, '.eventstore-profiler/postgres/cluster');
  await mkdir(cluster, { recursive: true });
  await writeFile(path.join(cluster, 'PG_VERSION'), '17\n');
  await writeFile(path.join(cluster, '../password'), 'x');
  await using start = cli(['start', '--workspace', workspace.path]);
  await refuses(
    start,
    /made by PostgreSQL 17; this program brings PostgreSQL 18/,
    /dump it with PostgreSQL 17/,
  );
  assert.deepEqual(await readdir(cluster), ['PG_VERSION']);
});

test('A workspace that cannot be written is named', { skip: cannotBeOrdinary }, async () => {
  await using workspace = await temporaryDirectory();
  await chmod(workspace.path, 0o555);
  await using start = cli(['start', '--workspace', workspace.path], { user: ordinaryUser });
  await refuses(
    start,
    /\.eventstore-profiler cannot be written: this user is not allowed/,
    /choose another place/,
  );
});

test('A workspace below a file is named', async () => {
  await using folder = await temporaryDirectory();
  const file = path.join(folder.path, 'file');
  await writeFile(file, '');
  await using start = cli(['start', '--workspace', file]);
  // What was typed cannot be meant: the exit code of a mistyped option.
  await refuses(start, /is a file, not a folder/, /Give the folder of your project as --workspace/, 2);
});

test('A disk that is full at the first start is a sentence, and nothing half-made stays', async (t) => {
  const disk = await smallDisk(20);
  if (typeof disk === 'string') return t.skip(disk);
  await using _ = disk;
  await using start = cli(['start', '--workspace', disk.path]);
  await refuses(start, /No space is left on the disk/, /Free some space/);
  const left = await readdir(path.join(disk.path, '.eventstore-profiler'));
  assert.deepEqual(left.toSorted(), ['.gitignore', 'address.json']);
});

test('A disk that fills up refuses runs with a sentence, loses no earlier result, and heals', async (t) => {
  const disk = await smallDisk(4);
  if (typeof disk === 'string') return t.skip(disk);
  await using _ = disk;
  await using database = await testDatabase();
  const args = ['--database-url', database.url, '--events', '500'];
  await using server = profilerServer(disk.path, { args });
  const client = await server.ready;
  const order = { kind: 'profile', handler: 'BooksInCirculation', iterations: 20 } as const;
  const kept = await over(client, (await client.createRun(order)).id);
  assert.equal(kept.state, 'succeeded');

  const ballast = path.join(disk.path, 'ballast');
  await writeFile(ballast, Buffer.alloc(8 << 20)).catch((error: unknown) =>
    assert.match(String(error), /ENOSPC/),
  );
  await assert.rejects(client.createRun(order), /the disk is full/);
  assert.equal((await client.profile(kept.id)).byteLength > 0, true);

  await writeFile(ballast, '');
  assert.equal((await over(client, (await client.createRun(order)).id)).state, 'succeeded');
  assert.equal((await client.status()).state, 'ready');
});

test('PostgreSQL killed in the middle of a run fails that run with a sentence, and the next run succeeds', async () => {
  await using workspace = await temporaryDirectory();
  await using server = profilerServer(workspace.path, { args: ['--events', '2000'] });
  const client = await server.ready;
  const order = { kind: 'profile', handler: 'BooksInCirculation', iterations: 1_000_000 } as const;
  const { id } = await client.createRun(order);
  let ended: Run | undefined;
  for await (const event of client.followRun(id)) {
    if (event.type === 'progress' && event.step.startsWith('Profiling') && event.done === 0)
      process.kill(await postmasterPid(workspace.path), 'SIGKILL');
    if (event.type === 'done') ended = event.run;
  }
  assert.equal(ended?.state, 'failed');
  assert.equal(ended?.error?.code, 'database_lost', ended?.error?.message);
  assert.ok(ended?.error?.advice);
  const next = await client.createRun({ ...order, iterations: 5 });
  assert.equal((await over(client, next.id)).state, 'succeeded');
  const { state, events } = await client.status();
  assert.deepEqual([state, events], ['ready', 2000]);
});

test('A server that cannot take one step of its end takes the others, says which failed, and is gone', async () => {
  await using workspace = await temporaryDirectory();
  await using server = profilerServer(workspace.path, { args: ['--events', '0'] });
  await server.ready;
  const postgres = await postmasterPid(workspace.path);
  const record = path.join(workspace.path, '.eventstore-profiler/server.json');
  await rm(record);
  await mkdir(record);
  server.child.kill('SIGTERM');
  assert.deepEqual(await server.ended, { code: 0, signal: null });
  assert.match(server.stdout(), /Giving the workspace free failed: .*EISDIR/);
  assert.equal(isAlive(postgres), false);
});

test('A database of the user is filled only when that is asked for', async () => {
  await using workspace = await temporaryDirectory();
  await using database = await testDatabase();
  {
    await using untouched = profilerServer(workspace.path, { args: ['--database-url', database.url] });
    const status = await (await untouched.ready).status();
    assert.deepEqual([status.events, status.database?.kind], [0, 'url']);
    const { password } = new URL(database.url);
    assert.ok(!JSON.stringify(status).includes(password || 'nothing'));
  }
  await using filled = profilerServer(workspace.path, {
    args: ['--database-url', database.url, '--events', '300'],
  });
  assert.equal((await (await filled.ready).status()).events, 300);
});
