import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import pg from 'pg';
import {
  InvalidOptionError,
  SchemaVersionError,
  UnsupportedServerError,
} from '../../server/eventstore/errors.ts';
import { migrateEventStore } from '../../server/eventstore/postgres/migrate-event-store.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import {
  changesIn,
  migrationsFolder,
  schemaChanges,
} from '../../server/eventstore/postgres/schema-changes.ts';
import { query } from './support/query.ts';
import { testDatabase } from './support/test-database.ts';

const command =
  'Run "npx eventstore-profiler migrate --database-url <url>", or call migrateEventStore({ primary }).';

test('The names of the schema changes in the program are those of the files', async () => {
  assert.deepEqual(await changesIn(migrationsFolder()), schemaChanges);
});

describe('a database is refused with what is wrong and what to do', () => {
  test('when it holds no event store', async () => {
    await using database = await testDatabase();
    await refused(database.url, {
      problem: 'missing',
      message: /^The database test_\w+ holds no event store\.$/,
      advice: command,
    });
  });

  test('when it holds none under the names that were given', async () => {
    await using database = await migrated();
    const tables = { events: 'order', snapshots: 'order_snapshots' };
    await assert.rejects(openPostgresEventStore({ primary: database.url, tables }), {
      name: SchemaVersionError.name,
      problem: 'missing',
      advice:
        'Run "npx eventstore-profiler migrate --database-url <url> --events-table order --snapshots-table order_snapshots"' +
        ', or call migrateEventStore({ primary, tables }).',
    });
  });

  test('when it is older: each change that is missing is named', async () => {
    await using database = await migrated("DELETE FROM schema_migrations WHERE name <> '0001_event-store'");
    await refused(database.url, {
      problem: 'older',
      message: new RegExp(
        `^The event store in test_\\w+ is of an older version: it lacks the schema changes ${schemaChanges.slice(1).join(', ')}\\.$`,
      ),
      advice: command,
    });
  });

  test('when it is newer: each change that is not known is named', async () => {
    await using database = await migrated(
      "INSERT INTO schema_migrations (name, run_on) VALUES ('9998_a', now()), ('9999_b', now())",
    );
    const expected = {
      problem: 'newer',
      message: new RegExp(
        `^The database test_\\w+ belongs to a newer version .* schema change 9998_a, 9999_b, .* up to ${schemaChanges.at(-1)}\\.$`,
      ),
      advice: /^Update Event Store Profiler, or use another database/,
    };
    await refused(database.url, expected);
    await assert.rejects(migrateEventStore({ primary: database.url }), expected);
  });

  for (const [what, sql] of [
    ['a function was', 'DROP FUNCTION eventstore_settled'],
    ['the snapshots were', 'DROP TABLE snapshots'],
    ['the events were', 'DROP TABLE events CASCADE'],
  ] as const) {
    test(`when ${what} dropped`, async () => {
      await using database = await migrated(sql);
      const expected = {
        problem: 'incomplete',
        message:
          /is not whole: .*(function eventstore_settled|table snapshots|table events).* cannot be found/,
        advice: /search_path.*backup/,
      };
      await refused(database.url, expected);
      await assert.rejects(migrateEventStore({ primary: database.url }), expected);
    });
  }

  test('when a function takes other arguments than those that the program gives', async () => {
    await using database = await migrated(`
      DROP FUNCTION eventstore_settled;
      CREATE FUNCTION eventstore_settled(seen text) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'`);
    const expected = {
      problem: 'incomplete',
      message: /is not whole: the function eventstore_settled\(pg_snapshot, bigint\) cannot be found/,
      advice: /backup/,
    };
    await refused(database.url, expected);
    await assert.rejects(migrateEventStore({ primary: database.url }), expected);
  });

  for (const [change, told] of [
    ['CACHE 20', 'INCREMENT 1 CACHE 20 NO CYCLE'],
    ['INCREMENT 2', 'INCREMENT 2 CACHE 1 NO CYCLE'],
    ['INCREMENT -1 MINVALUE -9 START 1', 'INCREMENT -1 CACHE 1 NO CYCLE'],
    ['CYCLE', 'INCREMENT 1 CACHE 1 CYCLE'],
  ] as const) {
    test(`when its sequence was changed: ${change}`, async () => {
      await using database = await migrated(`ALTER SEQUENCE events_sequence_number_seq ${change}`);
      const advice =
        'While no program appends, run "ALTER SEQUENCE events_sequence_number_seq INCREMENT 1 CACHE 1 NO CYCLE", and end ' +
        'the connections that were open before: they may keep numbers back.';
      const expected = {
        problem: 'incomplete',
        message: new RegExp(`^The sequence events_sequence_number_seq of test_\\w+ was changed: .* ${told},`),
        advice,
      };
      await refused(database.url, expected);
      await assert.rejects(migrateEventStore({ primary: database.url }), expected);
      await query(database.url, /"(.+)"/.exec(advice)?.[1] ?? '');
      await (await openPostgresEventStore({ primary: database.url })).close();
    });
  }

  test('when its sequence is gone', async () => {
    await using database = await migrated(
      'ALTER TABLE events ALTER sequence_number DROP IDENTITY, ALTER sequence_number SET DEFAULT 7',
    );
    await refused(database.url, {
      problem: 'incomplete',
      message: /is not whole: the sequence events_sequence_number_seq cannot be found/,
    });
  });

  test('when the tables came without the record of changes', async () => {
    await using database = await migrated('DROP TABLE schema_migrations');
    await refused(database.url, {
      problem: 'missing',
      message: /has the table events and snapshots without a record of the event store's schema changes/,
      advice: /restore schema_migrations and the functions/,
    });
  });

  test('when another program keeps its own changes under that name', async () => {
    await using database = await testDatabase();
    await query(database.url, 'CREATE TABLE schema_migrations (version bigint)');
    const expected = {
      problem: 'incomplete',
      message: /^The table schema_migrations of test_\w+ belongs to another program/,
      advice: /--events-table stored_events/,
    };
    await refused(database.url, expected);
    await assert.rejects(migrateEventStore({ primary: database.url }), expected);
    const tables = { events: 'stored_events' };
    await migrateEventStore({ primary: database.url, tables });
    await (await openPostgresEventStore({ primary: database.url, tables })).close();
  });
});

describe('a server is refused', () => {
  // Functions of these names that are found before PostgreSQL's own: what such a server would answer.
  const lies = (version: string, number: string) => `
    CREATE SCHEMA lies;
    CREATE FUNCTION lies.version() RETURNS text LANGUAGE sql AS $$ SELECT '${version}' $$;
    CREATE FUNCTION lies.current_setting(setting text) RETURNS text LANGUAGE sql AS $$
      SELECT CASE setting WHEN 'server_version_num' THEN '${number}' ELSE pg_catalog.current_setting(setting) END
    $$`;

  for (const { version, number, message } of [
    {
      version: 'PostgreSQL 14.19 on x86_64-pc-linux-gnu',
      number: '140019',
      message: 'The event store needs PostgreSQL 15 or newer; this is PostgreSQL 14.19.',
    },
    {
      version: 'CockroachDB CCL v25.2.1 (x86_64-pc-linux-gnu, built 2025/06/18)',
      number: '150000',
      message:
        'The database is CockroachDB CCL v25.2.1, where advisory locks do nothing: appends would not exclude each other.',
    },
  ]) {
    test(`that is ${version.split(' (')[0]}`, async () => {
      await using database = await testDatabase();
      await query(database.url, lies(version, number));
      const there = withSearchPath(database.url, 'lies,pg_catalog,public');
      const before = await query(database.url, 'SELECT relname FROM pg_class ORDER BY 1');
      const expected = { name: UnsupportedServerError.name, code: 'unsupported_server', message };
      await assert.rejects(migrateEventStore({ primary: there }), expected);
      assert.deepEqual(await query(database.url, 'SELECT relname FROM pg_class ORDER BY 1'), before);
      await migrateEventStore({ primary: database.url });
      await assert.rejects(openPostgresEventStore({ primary: there }), expected);
    });
  }
});

test('Opening asks the database once', async () => {
  await using database = await migrated();
  const pool = new pg.Pool({ connectionString: database.url, max: 1 });
  const client = await pool.connect();
  let sent = 0;
  const send = client.query.bind(client);
  const counted = (...parts: Parameters<typeof send>) => {
    sent += 1;
    return send(...parts);
  };
  Object.assign(client, { query: counted });
  client.release();
  await (await openPostgresEventStore({ primary: pool })).close();
  assert.equal(sent, 1);
  await pool.end();
});

test('A store lives where the search path finds it, beside one of the same names in another schema', async () => {
  await using database = await migrated('CREATE SCHEMA app');
  const inApp = withSearchPath(database.url, 'app');
  assert.equal((await migrateEventStore({ primary: inApp })).length, schemaChanges.length);
  await query(
    inApp,
    "INSERT INTO events (event_type, occurred_at, payload, metadata) VALUES ('A', now(), '{}', '{}')",
  );
  assert.deepEqual(await query(database.url, 'SELECT FROM events'), []);
  // With both in the path the first is taken, and nothing is made a second time.
  await query(database.url, 'CREATE SCHEMA early');
  assert.deepEqual(
    await migrateEventStore({ primary: withSearchPath(database.url, 'early,app,public') }),
    [],
  );
});

for (const url of ['hello', 'mysql://u:hush@127.0.0.1/db', 'postgres://u:hush@[::1/db']) {
  test(`What is no URL of PostgreSQL is refused without repeating it: ${url.replace(/:hush@/, ':…@')}`, async () => {
    for (const take of [migrateEventStore, openPostgresEventStore]) {
      await assert.rejects(take({ primary: url }), (error: Error) => {
        assert.ok(error instanceof InvalidOptionError);
        assert.equal(error.field, 'primary');
        assert.doesNotMatch(`${error.stack} ${error.advice} ${JSON.stringify(error)}`, /hush/);
        assert.equal(error.cause, undefined);
        return true;
      });
    }
  });
}

async function refused(url: string, expected: Record<string, unknown>): Promise<void> {
  await assert.rejects(openPostgresEventStore({ primary: url }), {
    name: SchemaVersionError.name,
    code: 'schema_version',
    ...expected,
  });
}

/** A migrated database to which something was done then. */
async function migrated(sql?: string) {
  const database = await testDatabase();
  await migrateEventStore({ primary: database.url });
  if (sql !== undefined) await query(database.url, sql);
  return database;
}

function withSearchPath(url: string, path: string): string {
  const changed = new URL(url);
  changed.searchParams.set('options', `-c search_path=${path}`);
  return changed.href;
}
