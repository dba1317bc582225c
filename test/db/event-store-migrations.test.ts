import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { MigrationFailedError, SchemaVersionError } from '../../server/eventstore/errors.ts';
import { migrateEventStore } from '../../server/eventstore/postgres/migrate-event-store.ts';
import { query } from './support/query.ts';
import { testDatabase } from './support/test-database.ts';

test('our migrations make a schema whose version is the number of the last file', async () => {
  await using database = await testDatabase();
  const applied = await migrateEventStore({ primary: database.url });
  assert.equal(applied[0], '0001_event-store');
  assert.equal(await versionOf(database.url), applied.length);
});

test('a database without our schema has version 0', async () => {
  await using database = await testDatabase();
  assert.equal(await versionOf(database.url), 0);
});

test('a second start applies nothing and runs no statement that changes something', async () => {
  await using database = await testDatabase();
  await migrateEventStore({ primary: database.url });
  const name = new URL(database.url).pathname.slice(1);
  await query(database.url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  assert.deepEqual(await migrateEventStore({ primary: database.url }), []);
});

test('of eight servers that start at the same time one migrates and the others wait for it', async () => {
  await using database = await testDatabase();
  await using folder = await migrationFolder({
    '0001_slow.sql': 'SELECT pg_sleep(0.2); CREATE TABLE things (id int)',
  });
  const options = { primary: database.url, directory: folder.path };
  const results = await Promise.all(Array.from({ length: 8 }, () => migrateEventStore(options)));
  assert.deepEqual(results.flat(), ['0001_slow']);
});

test('a store that holds data is brought to the next version and keeps its data', async () => {
  await using database = await testDatabase();
  await using folder = await migrationFolder({ '0001_things.sql': 'CREATE TABLE things (id int)' });
  const options = { primary: database.url, directory: folder.path };
  await migrateEventStore(options);
  await query(database.url, 'INSERT INTO things SELECT generate_series(1, 1000)');
  await writeFile(
    path.join(folder.path, '0002_names.sql'),
    "ALTER TABLE things ADD COLUMN name text NOT NULL DEFAULT 'unnamed';",
  );
  assert.deepEqual(await migrateEventStore(options), ['0002_names']);
  const rows = await query(database.url, "SELECT count(*)::int AS n FROM things WHERE name = 'unnamed'");
  assert.deepEqual(rows, [{ n: 1000 }]);
  assert.equal(await versionOf(database.url), 2);
});

test('a migration that this version does not know is said to belong to a newer version, and nothing is changed', async () => {
  await using database = await testDatabase();
  await using newer = await migrationFolder({
    '0001_a.sql': 'CREATE TABLE a ()',
    '0002_b.sql': 'CREATE TABLE b ()',
  });
  await using older = await migrationFolder({ '0001_a.sql': 'CREATE TABLE a ()' });
  await migrateEventStore({ primary: database.url, directory: newer.path });
  await assert.rejects(migrateEventStore({ primary: database.url, directory: older.path }), (error) => {
    assert.ok(error instanceof SchemaVersionError);
    assert.equal(error.problem, 'newer');
    assert.match(error.message, /belongs to a newer version.*0002_b.*up to 0001_a/);
    assert.match(error.advice ?? '', /Update/);
    return true;
  });
  assert.equal(await versionOf(database.url), 2);
});

test('a migration that fails leaves the schema as it was and is named', async () => {
  await using database = await testDatabase();
  await using folder = await migrationFolder({
    '0001_good.sql': 'CREATE TABLE good ()',
    '0002_bad.sql': 'CREATE TABLE bad (id wrong_type)',
  });
  await assert.rejects(migrateEventStore({ primary: database.url, directory: folder.path }), (error) => {
    assert.ok(error instanceof MigrationFailedError);
    assert.match(error.message, /0002_bad.*wrong_type.*Nothing was changed/);
    return true;
  });
  assert.deepEqual(await query(database.url, "SELECT to_regclass('good') AS found"), [{ found: null }]);
  assert.equal(await versionOf(database.url), 0);
});

test('bodies of functions reach the database unchanged', async () => {
  await using database = await testDatabase();
  const body = `CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$
BEGIN -- up migration {x}
  RETURN '{x};$1';
END $$`;
  await using folder = await migrationFolder({ '0001_function.sql': body });
  await migrateEventStore({ primary: database.url, directory: folder.path });
  assert.deepEqual(await query(database.url, 'SELECT f()'), [{ f: '{x};$1' }]);
});

test('files that are no numbered migrations are left alone', async () => {
  await using database = await testDatabase();
  await using folder = await migrationFolder({ '0001_a.sql': 'CREATE TABLE a ()', 'notes.sql': 'nonsense' });
  await copyFile(import.meta.filename, path.join(folder.path, 'script.ts'));
  assert.deepEqual(await migrateEventStore({ primary: database.url, directory: folder.path }), ['0001_a']);
});

async function migrationFolder(files: Record<string, string>) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'esp-migrations-'));
  for (const [name, sql] of Object.entries(files)) await writeFile(path.join(folder, name), sql);
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

async function versionOf(url: string): Promise<number> {
  const [found] = await rowsOf<{ record: string | null }>(
    url,
    "SELECT to_regclass('schema_migrations') AS record",
  );
  if (!found?.record) return 0;
  const changes = await rowsOf<{ name: string }>(url, 'SELECT name FROM schema_migrations');
  return Math.max(0, ...changes.map(({ name }) => Number.parseInt(name, 10)));
}

async function rowsOf<Row>(url: string, sql: string): Promise<readonly Row[]> {
  return (await query(url, sql)) as Row[];
}
