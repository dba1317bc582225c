import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { startEmbeddedPostgres } from '../../server/database/embedded/embedded-postgres.ts';
import { migrateEventStore } from '../../server/eventstore/postgres/migrate-event-store.ts';
import { query } from './support/query.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

// What a developer's shell may hold for other servers.
const foreign = {
  PGHOST: 'db.example.invalid',
  PGPORT: '1',
  PGUSER: 'somebody',
  PGPASSWORD: 'foreign',
  PGDATABASE: 'elsewhere',
  PGDATA: '/nowhere',
  PGSSLMODE: 'require',
  PGOPTIONS: '-c default_transaction_read_only=on',
};

test('variables that are meant for other servers do not reach the embedded one', async () => {
  const before = { ...process.env };
  Object.assign(process.env, foreign);
  try {
    await using place = await temporaryDirectory();
    await using postgres = await startEmbeddedPostgres({
      dataDirectory: path.join(place.path, 'data'),
      log: () => undefined,
    });
    await migrateEventStore({ primary: postgres.connectionString });
    await query(postgres.connectionString, 'CREATE TABLE written AS SELECT 1 AS one');
    assert.deepEqual(await query(postgres.connectionString, 'SELECT one FROM written'), [{ one: 1 }]);
  } finally {
    for (const name of Object.keys(foreign)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
});
