import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { query } from './support/query.ts';
import { type ReplicatedDatabase, replicatedDatabase } from './support/streaming-replica.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

let database: ReplicatedDatabase;
before(async () => {
  database = await replicatedDatabase();
  await query(database.primaryUrl, 'CREATE TABLE notes (note text)');
});
after(() => database[Symbol.asyncDispose]());

const write = (note: string) => query(database.primaryUrl, `INSERT INTO notes VALUES ('${note}')`);
const onReplica = async (note: string) =>
  (await query(database.replicaUrl, `SELECT FROM notes WHERE note = '${note}'`)).length === 1;

test('what is written on the primary arrives on the replica, which refuses writes of its own', async () => {
  await write('first');
  await database.caughtUp();
  assert.equal(await onReplica('first'), true);
  await assert.rejects(query(database.replicaUrl, "INSERT INTO notes VALUES ('own')"), { code: '25006' });
});

test('a replica that has paused is stale until it resumes', async () => {
  await database.pauseReplay();
  await write('while paused');
  assert.equal(await onReplica('while paused'), false);
  await database.resumeReplay();
  await database.caughtUp();
  assert.equal(await onReplica('while paused'), true);
});

test('a replica that is stopped refuses connections, and has everything when it is started again', async () => {
  await database.stopReplica();
  await assert.rejects(query(database.replicaUrl, 'SELECT 1'), { code: 'ECONNREFUSED' });
  await write('while stopped');
  await database.startReplica();
  await database.caughtUp();
  assert.equal(await onReplica('while stopped'), true);
});

test('a promoted replica takes the place of a primary that is gone', async () => {
  await write('last');
  await database.caughtUp();
  await database.stopPrimary();
  await assert.rejects(write('too late'), { code: 'ECONNREFUSED' });
  await database.promoteReplica();
  await query(database.replicaUrl, "INSERT INTO notes VALUES ('after')");
  assert.deepEqual([await onReplica('last'), await onReplica('after')], [true, true]);
});

test('both servers and their files are gone when the test process is killed', async () => {
  await using place = await temporaryDirectory();
  const script = `
    import { replicatedDatabase } from './support/streaming-replica.ts';
    const { primaryUrl, replicaUrl } = await replicatedDatabase();
    console.log(JSON.stringify([primaryUrl, replicaUrl]));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    env: { ...process.env, TMPDIR: place.path, TEMP: place.path, TMP: place.path },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const urls = JSON.parse(String(line)) as string[];
  assert.notDeepEqual(await readdir(place.path), []);
  child.kill('SIGKILL');
  while ((await readdir(place.path)).length > 0) await delay(20);
  for (const url of urls) await assert.rejects(query(url, 'SELECT 1'), { code: 'ECONNREFUSED' });
});
