import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, statfs, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { startEmbeddedPostgres } from '../../server/database/embedded/embedded-postgres.ts';
import { cannotBeOrdinary, ordinaryUser } from './support/ordinary-user.ts';
import { query } from './support/query.ts';
import { serverProcess } from './support/server-process.ts';
import { smallDisk } from './support/small-disk.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

test('data of another PostgreSQL version is refused and named, and left as it is', async () => {
  await using place = await temporaryDirectory();
  const directory = path.join(place.path, 'data');
  await (await start(directory)).stop();
  await writeFile(path.join(directory, 'cluster', 'PG_VERSION'), '17\n');
  const files = await readdir(directory, { recursive: true });
  await refuses(
    directory,
    'data_directory_other_postgres_version',
    /made by PostgreSQL 17; .* PostgreSQL 18/,
  );
  assert.deepEqual(await readdir(directory, { recursive: true }), files);
});

test('a directory that holds files of somebody else is refused and not touched', async () => {
  await using place = await temporaryDirectory();
  await writeFile(path.join(place.path, 'thesis.txt'), 'ten years');
  await refuses(place.path, 'data_directory_foreign', /holds other files \(thesis\.txt\)/);
  assert.deepEqual(await readdir(place.path), ['thesis.txt']);
});

test('the data directory of another PostgreSQL is refused and not touched', async () => {
  await using place = await temporaryDirectory();
  await (await start(path.join(place.path, 'data'))).stop();
  const foreign = path.join(place.path, 'data', 'cluster');
  const files = await readdir(foreign, { recursive: true });
  await refuses(foreign, 'data_directory_foreign', /PG_VERSION|base/);
  assert.deepEqual(await readdir(foreign, { recursive: true }), files);
});

test('a file in the place of the data directory is refused', async () => {
  await using place = await temporaryDirectory();
  const file = path.join(place.path, 'data');
  await writeFile(file, 'text');
  await refuses(file, 'data_directory_is_file', /not a directory/);
  assert.equal(await readFile(file, 'utf8'), 'text');
});

test('a file in the place of a directory above the data directory is refused', async () => {
  await using place = await temporaryDirectory();
  await writeFile(path.join(place.path, 'file'), 'text');
  await refuses(path.join(place.path, 'file', 'data'), 'data_directory_is_file', /not a directory/);
});

test('a link that leads nowhere is refused', async () => {
  await using place = await temporaryDirectory();
  await symlink(path.join(place.path, 'gone'), path.join(place.path, 'data'));
  await refuses(path.join(place.path, 'data'), 'data_directory_is_file', /data/);
});

test('an empty directory is used, also by way of a link', async () => {
  await using place = await temporaryDirectory();
  await mkdir(path.join(place.path, 'empty'));
  await symlink(path.join(place.path, 'empty'), path.join(place.path, 'data'));
  await using postgres = await start(path.join(place.path, 'data'));
  assert.equal(postgres.dataDirectory, path.join(place.path, 'empty'));
});

test('an ordinary user is told that a directory cannot be written', {
  skip: cannotBeOrdinary,
}, async () => {
  await using place = await temporaryDirectory();
  const closed = path.join(place.path, 'closed');
  await mkdir(closed, { mode: 0o555 });
  await using server = serverProcess(path.join(closed, 'data'), ordinaryUser);
  const report = await server.report;
  assert.ok('code' in report, JSON.stringify(report));
  assert.equal(report.code, 'data_directory_not_writable');
  assert.match(report.message, /closed\/data cannot be written/);
  assert.match(report.advice, /permissions/);
});

test('an ordinary user is told that existing data cannot be written', {
  skip: cannotBeOrdinary,
}, async () => {
  await using place = await temporaryDirectory();
  await chmod(place.path, 0o777);
  const directory = path.join(place.path, 'data');
  {
    await using first = serverProcess(directory, ordinaryUser);
    assert.ok('url' in (await first.report));
  }
  await chmod(path.join(directory, 'postgres.log'), 0o400);
  await using second = serverProcess(directory, ordinaryUser);
  const report = await second.report;
  assert.equal('code' in report && report.code, 'data_directory_not_writable');
});

// initdb needs 40 MB: once it fails among its first files and once among its last.
for (const megabytes of [20, 39]) {
  test(`a disk of ${megabytes} MB that is full at the first start is told, and no server stays behind`, async (t) => {
    await using disk = await smallDiskOr(t, megabytes);
    if (disk === undefined) return;
    await refuses(
      path.join(disk.path, 'data'),
      'disk_full',
      /No space is left on the disk that holds .*data\.$/,
    );
    const left = await readdir(disk.path, { recursive: true });
    assert.deepEqual(
      left.filter((file) => /\.new-|postmaster\.pid/.test(file)),
      [],
    );
  });
}

test('a disk that is full at a later start is told, and the data is whole when there is space again', async (t) => {
  await using disk = await smallDiskOr(t, 120);
  if (disk === undefined) return;
  const directory = path.join(disk.path, 'data');
  await (await start(directory)).stop();
  const ballast = path.join(disk.path, 'ballast');
  await assert.rejects(writeFile(ballast, Buffer.alloc(200_000_000)), { code: 'ENOSPC' });
  await refuses(directory, 'disk_full', /No space is left/);
  await writeFile(ballast, '');
  await using postgres = await start(directory);
  assert.equal(postgres.version, '18.4');
});

test('a disk that is full when the database for events is made is told, and no server stays behind', async (t) => {
  await using disk = await smallDiskOr(t, 60);
  if (disk === undefined) return;
  const directory = path.join(disk.path, 'data');
  const first = await start(directory);
  const url = new URL(first.connectionString);
  url.pathname = '/postgres';
  await query(url.href, 'DROP DATABASE eventstore_profiler');
  await first.stop();
  const { bavail, bsize } = await statfs(disk.path);
  await writeFile(path.join(disk.path, 'ballast'), Buffer.alloc(bavail * bsize - 1_000_000));
  await refuses(directory, 'disk_full', /No space is left/);
  assert.deepEqual(
    (await readdir(path.join(directory, 'cluster'))).filter((file) => file === 'postmaster.pid'),
    [],
  );
});

test('a disk that is mounted read-only is told', async (t) => {
  await using disk = await smallDiskOr(t, 120);
  if (disk === undefined) return;
  const directory = path.join(disk.path, 'data');
  await (await start(directory)).stop();
  await disk.makeReadOnly();
  await refuses(directory, 'data_directory_not_writable', /cannot be written/);
  await refuses(path.join(disk.path, 'other'), 'data_directory_not_writable', /cannot be written/);
});

function start(dataDirectory: string) {
  return startEmbeddedPostgres({ dataDirectory, log: () => undefined });
}

async function refuses(dataDirectory: string, code: string, sentence: RegExp): Promise<void> {
  const startAndStop = async () => (await start(dataDirectory)).stop();
  await assert.rejects(startAndStop, (error: Error & { code?: string; advice?: string }) => {
    assert.equal(error.code, code, error.stack);
    assert.match(error.message, sentence);
    assert.ok(error.message.includes(dataDirectory), error.message);
    assert.ok(error.advice, 'no advice');
    return true;
  });
}

async function smallDiskOr(t: TestContext, megabytes: number) {
  const disk = await smallDisk(megabytes);
  if (typeof disk !== 'string') return disk;
  t.skip(disk);
  return undefined;
}
