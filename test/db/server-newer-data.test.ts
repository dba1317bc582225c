import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { startEmbeddedPostgres } from '../../server/database/embedded/embedded-postgres.ts';
import { cli, profilerServer } from './support/profiler-server.ts';
import { query } from './support/query.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const TABLES = `SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1, a.attnum`;
const CHANGES = 'SELECT name FROM schema_migrations ORDER BY name';

test('An embedded database of a newer version is named by its directory and left as it is', async () => {
  await using workspace = await temporaryDirectory();
  const dataDirectory = path.join(workspace.path, '.eventstore-profiler/postgres');
  const inside = async (change?: string) => {
    const postgres = await startEmbeddedPostgres({ dataDirectory, log: () => undefined });
    try {
      if (change) await query(postgres.connectionString, change);
      return [
        await query(postgres.connectionString, TABLES),
        await query(postgres.connectionString, CHANGES),
      ];
    } finally {
      await postgres.stop();
    }
  };
  {
    await using first = profilerServer(workspace.path, { args: ['--events', '0'] });
    await first.ready;
  }
  const before = await inside(
    `INSERT INTO schema_migrations (name, run_on) VALUES ('9999_from-the-future', now())`,
  );
  await using start = cli(['start', '--workspace', workspace.path]);
  assert.equal((await start.ended).code, 1);
  assert.ok(start.stderr().includes(`The database ${dataDirectory} belongs to a newer version`));
  assert.deepEqual(await inside(), before);
});
