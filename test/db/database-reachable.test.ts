import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import pg from 'pg';
import {
  DatabaseUnreachableError,
  type UnreachableReason,
} from '../../server/database/database-unreachable.ts';
import { startEmbeddedPostgres } from '../../server/database/embedded/embedded-postgres.ts';
import { freePort } from '../../server/database/embedded/free-port.ts';
import { openPool } from '../../server/database/pool.ts';
import { verifyReachable } from '../../server/database/verify-reachable.ts';
import { occupiedPort } from './support/occupied-port.ts';
import { query } from './support/query.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { testDatabase } from './support/test-database.ts';

test('a database that answers is reachable', async () => {
  await using database = await testDatabase();
  await verifyReachable(database.url);
});

test('a port where nobody listens', async () => {
  const port = await freePort();
  await unreachable(
    `postgres://u:hush@127.0.0.1:${port}/db`,
    'refused',
    `Nothing answers at 127.0.0.1:${port}/db.`,
  );
});

test('a name that stands for several addresses where nobody listens', async () => {
  const port = await freePort();
  await unreachable(
    `postgres://u:hush@localhost:${port}/db`,
    'refused',
    `Nothing answers at localhost:${port}/db.`,
  );
});

test('a host that does not exist', async () => {
  await unreachable('postgres://u:hush@nowhere.invalid:5432/db', 'unknown_host', 'nowhere.invalid:5432/db');
});

test('a server that accepts the connection and says nothing', async () => {
  await using silent = await occupiedPort();
  const before = performance.now();
  await unreachable(
    `postgres://u:hush@127.0.0.1:${silent.port}/db`,
    'timeout',
    'did not answer in time',
    200,
  );
  assert.ok(performance.now() - before < 4_900, 'it took as long as without a time of its own, 5 s');
});

test('a wrong password', async () => {
  await using database = await testDatabase();
  const url = changed(database.url, (it) => {
    it.password = 'hush';
  });
  await unreachable(url, 'wrong_password', 'refused the password of "postgres"');
});

test('no password where one is asked for', async () => {
  await using database = await testDatabase();
  const url = changed(database.url, (it) => {
    it.password = '';
  });
  await unreachable(url, 'no_password', 'asks for a password of "postgres"');
});

test('a database that does not exist', async () => {
  await using database = await testDatabase();
  const url = changed(database.url, (it) => {
    it.pathname = '/missing';
  });
  await unreachable(url, 'no_database', 'has no database "missing"');
});

test('encryption asked of a server that has none', async () => {
  await using database = await testDatabase();
  const url = changed(database.url, (it) => {
    it.searchParams.set('sslmode', 'verify-full');
  });
  await unreachable(url, 'tls_not_offered', 'offers no encryption');
});

test('a server that wants encryption, and one whose connections are used up', async () => {
  await using place = await temporaryDirectory();
  await using postgres = await startEmbeddedPostgres({
    dataDirectory: path.join(place.path, 'data'),
    log: () => undefined,
    settings: { max_connections: '5', superuser_reserved_connections: '0', reserved_connections: '0' },
  });
  const url = postgres.connectionString;
  const held: pg.Client[] = [];
  for (let n = 0; n < 4; n++) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    held.push(client);
  }
  await unreachable(url, 'too_many_connections', 'has no connection left');
  await Promise.all(held.map((client) => client.end()));

  const rules = path.join(postgres.dataDirectory, 'cluster', 'pg_hba.conf');
  await writeFile(rules, `hostnossl postgres all all scram-sha-256\nhostssl all all all scram-sha-256\n`);
  await query(url, 'SELECT pg_reload_conf()');
  await unreachable(url, 'tls_demanded', 'accepts encrypted connections only');
});

for (const text of ['postgres://u:hush@host:port:5432/db', 'hello', 'mysql://u:hush@localhost/db', '']) {
  test(`a text that is no URL of a PostgreSQL database: "${text}"`, async () => {
    await unreachable(text, 'invalid_url', 'is not the URL of a PostgreSQL database');
  });
}

test('a connection that breaks while it is idle is told in the log, and the pool goes on', async () => {
  await using database = await testDatabase();
  const lost = Promise.withResolvers<string>();
  const pool = openPool({ connectionString: database.url, applicationName: 'idle test', log: lost.resolve });
  const { rows } = await pool.query('SELECT pg_backend_pid() AS pid');
  await query(database.url, `SELECT pg_terminate_backend(${rows[0].pid})`);
  assert.match(await lost.promise, /An idle connection to 127\.0\.0\.1:\d+\/test_\w+ was lost: terminating/);
  assert.deepEqual((await pool.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
  await pool.end();
});

test('the values of a pool are its own, whatever another library does to the parsers of pg', async () => {
  await using database = await testDatabase();
  const { builtins } = pg.types;
  const original = pg.types.getTypeParser(builtins.INT8);
  pg.types.setTypeParser(builtins.INT8, () => 'spoilt');
  try {
    const pool = openPool({
      connectionString: database.url,
      applicationName: 'types test',
      log: assert.fail,
    });
    const { rows } = await pool.query(
      `SELECT 9007199254740991::int8 AS big, 1::int4 AS int, 1.5::float8 AS float, true AS flag, '{"a": 1}'::json AS json,
         '2025-01-02T03:04:05.678Z'::timestamptz AS time, 'x'::text AS text, NULL::int8 AS nothing`,
    );
    await pool.end();
    assert.deepEqual(rows, [
      {
        big: 9007199254740991,
        int: 1,
        float: 1.5,
        flag: true,
        json: '{"a": 1}',
        time: new Date('2025-01-02T03:04:05.678Z'),
        text: 'x',
        nothing: null,
      },
    ]);
  } finally {
    pg.types.setTypeParser(builtins.INT8, original);
  }
});

test('a number that JavaScript cannot hold exactly is an error, not another number', async () => {
  await using database = await testDatabase();
  const pool = openPool({
    connectionString: database.url,
    applicationName: 'types test',
    log: () => undefined,
  });
  await assert.rejects(pool.query('SELECT 9007199254740993::int8'), /9007199254740993 is too large/);
  await pool.end();
});

async function unreachable(
  url: string,
  reason: UnreachableReason,
  part: string,
  timeoutMs = 5_000,
): Promise<void> {
  await assert.rejects(verifyReachable(url, { timeoutMs }), (error) => {
    assert.ok(error instanceof DatabaseUnreachableError);
    assert.equal(error.code, 'database_unreachable');
    assert.equal(error.reason, reason, error.message);
    assert.ok(error.message.includes(part), error.message);
    assert.ok(error.advice);
    const secret = /:([^:@/]+)@/.exec(url)?.[1];
    if (secret !== undefined) {
      assert.ok(
        !`${error.stack} ${error.advice} ${inspect(error, { depth: 9 })}`.includes(secret),
        'the password shows',
      );
    }
    return true;
  });
}

function changed(url: string, change: (url: URL) => void): string {
  const copy = new URL(url);
  change(copy);
  return copy.href;
}
