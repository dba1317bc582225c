import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { clusterDirectory } from '../../server/database/embedded/cluster-directory.ts';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../server/database/embedded/embedded-postgres.ts';
import { freePort } from '../../server/database/embedded/free-port.ts';
import { openServer } from '../../server/database/embedded/open-server.ts';
import { locateBinaries } from '../../server/database/embedded/postgres-binaries.ts';
import { launchByPgCtl, stopPostmaster, untilGone } from '../../server/database/embedded/postmaster.ts';
import { isProcessAlive } from '../../server/database/embedded/process-identity.ts';
import { usualSharedParents } from '../../server/database/embedded/reachable-place.ts';
import { serverPlace } from '../../server/database/embedded/server-place.ts';
import { appearance } from './support/appearance.ts';
import { occupiedPort } from './support/occupied-port.ts';
import { query } from './support/query.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

/** One server for the tests that only look at it. */
let running: AsyncDisposable & {
  readonly place: { readonly path: string };
  readonly postgres: EmbeddedPostgres;
  readonly log: readonly string[];
};

before(async () => {
  const stack = new AsyncDisposableStack();
  const place = stack.use(await temporaryDirectory());
  const log: string[] = [];
  const postgres = stack.use(await start(place.path, { log: (message) => log.push(message) }));
  running = { place, postgres, log, [Symbol.asyncDispose]: () => stack.disposeAsync() };
});

after(() => running[Symbol.asyncDispose]());

test('a first start makes a database that answers, and a later start finds its data', async () => {
  await using place = await temporaryDirectory();
  {
    await using postgres = await start(place.path);
    assert.equal(postgres.version, '18.4');
    await query(postgres.connectionString, 'CREATE TABLE kept AS SELECT 42 AS answer');
  }
  await using again = await start(place.path);
  assert.deepEqual(await query(again.connectionString, 'SELECT answer FROM kept'), [{ answer: 42 }]);
});

test('the server listens on 127.0.0.1 alone and makes no socket file', async () => {
  const { place, postgres } = running;
  const rows = await query(
    postgres.connectionString,
    "SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets",
  );
  assert.deepEqual(rows, [{ addresses: '127.0.0.1', sockets: '' }]);
  const files = await readdir(place.path, { recursive: true });
  assert.deepEqual(
    files.filter((file) => file.includes('.s.PGSQL')),
    [],
  );
});

test('the password stands in one file that only the owner reads, and neither in logs nor in process titles', async () => {
  const { postgres, log } = running;
  const { password } = new URL(postgres.connectionString);
  const { passwordFile, logFile } = clusterDirectory(postgres.dataDirectory);
  assert.equal(await readFile(passwordFile, 'utf8'), password);
  assert.equal((await stat(passwordFile)).mode & 0o777, 0o600);
  assert.equal((await stat(postgres.dataDirectory)).mode & 0o777, 0o700);
  assert.ok(!log.join().includes(password));
  assert.ok(!(await readFile(logFile, 'utf8')).includes(password));
  if (process.platform === 'linux') {
    assert.ok(!(await readFile(`/proc/${postgres.pid}/cmdline`, 'utf8')).includes(password));
  }
});

test('a wrong password is refused', async () => {
  const url = new URL(running.postgres.connectionString);
  url.password = 'guess';
  await assert.rejects(query(url.href, 'SELECT 1'), { code: '28P01' });
});

test('stop ends the server, may be called again, and is told by exited as asked for', async () => {
  await using place = await temporaryDirectory();
  const postgres = await start(place.path);
  await Promise.all([postgres.stop(), postgres.stop()]);
  assert.equal(isProcessAlive(postgres.pid), false);
  assert.deepEqual(await postgres.exited, { requested: true, reason: 'it ended with code 0' });
  await postgres.stop();
});

test('a port that is taken between choice and bind is no obstacle', async () => {
  await using place = await temporaryDirectory();
  await using occupied = await occupiedPort();
  await (await start(place.path)).stop();
  const context = await contextOf(place.path);
  const choices = [occupied.port, occupied.port];
  const server = await openServer(context, {
    settings: '',
    log: assert.fail,
    choosePort: async () => choices.pop() ?? freePort(),
  });
  assert.equal(choices.length, 0);
  assert.deepEqual(await query(server.connectionString, 'SELECT 1 AS one'), [{ one: 1 }]);
  await stopPostmaster(context, server.postmaster.pid);
});

test('pg_ctl, the way on Windows, starts a server that can be used and stopped', async () => {
  await using place = await temporaryDirectory();
  await (await start(place.path)).stop();
  const context = await contextOf(place.path);
  const postmaster = await launchByPgCtl(context, await freePort());
  await using adopted = await start(place.path);
  assert.equal(adopted.pid, postmaster.pid);
  await adopted.stop();
  assert.ok(await untilGone(context.files.cluster, postmaster.pid, 0));
});

test('pg_ctl tells why a server did not start', async () => {
  await using place = await temporaryDirectory();
  await using occupied = await occupiedPort();
  await (await start(place.path)).stop();
  const context = await contextOf(place.path);
  await assert.rejects(launchByPgCtl(context, occupied.port), /could not create any TCP\/IP sockets/);
});

test('a start that is aborted in the middle leaves neither a process nor a file', async () => {
  await using place = await temporaryDirectory();
  const abort = new AbortController();
  const starting = start(place.path, { signal: abort.signal });
  const rejected = assert.rejects(starting, /enough/);
  await appearance(place.path, /^data\.new-.*PG_VERSION$/);
  abort.abort(new Error('enough'));
  await rejected;
  assert.deepEqual(await readdir(place.path), []);
});

test('the setting that frees the connection of a killed run is on', {
  skip: process.platform === 'win32',
}, async () => {
  assert.deepEqual(await query(running.postgres.connectionString, 'SHOW client_connection_check_interval'), [
    { client_connection_check_interval: '250ms' },
  ]);
});

function start(
  place: string,
  options: { log?: (message: string) => void; signal?: AbortSignal } = {},
): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataDirectory: path.join(place, 'data'), log: () => undefined, ...options });
}

async function contextOf(place: string) {
  const server = await serverPlace({
    binaries: await locateBinaries(),
    wanted: path.join(place, 'data'),
    sharedParents: usualSharedParents,
    log: () => undefined,
  });
  return { ...server, files: clusterDirectory(server.dataDirectory) };
}
