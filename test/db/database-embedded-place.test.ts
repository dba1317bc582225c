import assert from 'node:assert/strict';
import { chmod, cp, mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { startEmbeddedPostgres } from '../../server/database/embedded/embedded-postgres.ts';
import { locateBinaries, type PostgresBinaries } from '../../server/database/embedded/postgres-binaries.ts';
import { runProgram } from '../../server/database/embedded/program.ts';
import { reachableBinaries } from '../../server/database/embedded/reachable-place.ts';
import { accountForNewData } from '../../server/database/embedded/server-account.ts';
import { query } from './support/query.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const asRoot = { skip: process.getuid?.() === 0 ? false : 'only root needs another account for PostgreSQL' };

test(
  'as root, below a directory closed to others, the data lies elsewhere, and is found again',
  asRoot,
  async () => {
    await using place = await temporaryDirectory();
    const { home, shared } = await closedHome(place.path);
    const log: string[] = [];
    {
      await using postgres = await start(home, [shared], log);
      await query(postgres.connectionString, 'CREATE TABLE kept AS SELECT 42 AS answer');
      assert.equal(path.dirname(path.dirname(postgres.dataDirectory)), shared);
      assert.ok(
        log.some((line) => line.includes(`the data lies in ${postgres.dataDirectory}`)),
        log.join('\n'),
      );
    }
    await using again = await start(home, [shared], log);
    assert.deepEqual(await query(again.connectionString, 'SELECT answer FROM kept'), [{ answer: 42 }]);
  },
);

test('as root, a checkout made anew at the path of an old one does not find its data', asRoot, async () => {
  await using place = await temporaryDirectory();
  const { home, shared } = await closedHome(place.path);
  const before = await start(home, [shared]);
  await before.stop();
  await rm(path.join(home, 'checkout'), { recursive: true });
  await mkdir(path.join(home, 'checkout'));
  await using after = await start(home, [shared]);
  assert.notEqual(after.dataDirectory, before.dataDirectory);
});

test('as root, programs below a closed directory are copied once, and the copy works', asRoot, async () => {
  await using place = await temporaryDirectory();
  const { home, shared } = await closedHome(place.path);
  const { binaries, account } = await installedIn(home);
  const log: string[] = [];
  const options = { binaries, sharedParents: [shared], log: (line: string) => log.push(line) };
  const copies = await Promise.all([
    reachableBinaries(account, options),
    reachableBinaries(account, options),
  ]);
  const copied = (await stat(copies[0]?.native ?? '')).birthtimeMs;
  const later = await reachableBinaries(account, options);
  assert.deepEqual(
    [...copies, later].map(({ native }) => path.dirname(path.dirname(native))),
    [shared, shared, shared],
  );
  assert.equal((await stat(later.native)).birthtimeMs, copied);
  assert.deepEqual((await readdir(path.dirname(later.native))).length, 1);
  const { output } = await runProgram([path.join(later.native, 'bin', 'postgres'), '--version'], {
    account,
    cwd: '/',
  });
  assert.match(output, /PostgreSQL\) 18/);
});

test('as root, a directory that somebody else put in the shared place is not used', asRoot, async () => {
  await using place = await temporaryDirectory();
  const { home, shared } = await closedHome(place.path);
  const trap = path.join(place.path, 'trap');
  await mkdir(path.join(trap, 'eventstore-profiler'), { recursive: true });
  await chmod(path.join(trap, 'eventstore-profiler'), 0o777);
  await using postgres = await start(home, [trap, shared]);
  assert.equal(path.dirname(path.dirname(postgres.dataDirectory)), shared);
  assert.deepEqual(await readdir(path.join(trap, 'eventstore-profiler')), []);
});

test('as root, without any place that the account can enter, the sentence says so', asRoot, async () => {
  await using place = await temporaryDirectory();
  const { home } = await closedHome(place.path);
  await assert.rejects(start(home, [home]), { code: 'no_reachable_place', message: /cannot run as root/ });
});

test(
  'as root, a database that became closed to its owner is not replaced by an empty one',
  asRoot,
  async () => {
    await using place = await temporaryDirectory();
    const home = path.join(place.path, 'home');
    await mkdir(home);
    await (await start(home, [place.path])).stop();
    await chmod(home, 0o700);
    await assert.rejects(start(home, [place.path]), {
      code: 'data_directory_not_reachable',
      message: /cannot enter it/,
    });
  },
);

test('as root, the data of an ordinary user stays his own', asRoot, async () => {
  await using place = await temporaryDirectory();
  const postgres = await start(place.path, [place.path]);
  assert.equal((await stat(postgres.dataDirectory)).uid, (await accountForNewData())?.uid);
  await postgres.stop();
  assert.equal(
    (await stat(path.join(postgres.dataDirectory, 'postgres.log'))).uid,
    (await accountForNewData())?.uid,
  );
});

function start(home: string, sharedParents: readonly string[], log: string[] = []) {
  return startEmbeddedPostgres({
    dataDirectory: path.join(home, 'checkout', '.data'),
    log: (message) => log.push(message),
    sharedParents,
  });
}

async function closedHome(place: string) {
  const home = path.join(place, 'home');
  const shared = path.join(place, 'shared');
  await mkdir(home, { mode: 0o700 });
  await mkdir(shared);
  return { home, shared };
}

async function installedIn(home: string) {
  const account = await accountForNewData();
  assert.ok(account);
  const installed = await locateBinaries();
  const binaries: PostgresBinaries = { ...installed, native: path.join(home, 'native') };
  await cp(installed.native, binaries.native, { recursive: true, verbatimSymlinks: true });
  // As a checkout made under umask 077 has them.
  await chmod(path.join(binaries.native, 'bin', 'postgres'), 0o700);
  return { account, binaries };
}
