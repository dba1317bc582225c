import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '../../server/database/embedded/free-port.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { schemaChanges } from '../../server/eventstore/postgres/schema-changes.ts';
import { cli } from './support/profiler-server.ts';
import { query } from './support/query.ts';
import { testDatabase } from './support/test-database.ts';

test('"migrate" names the changes that it applied, and says when there was nothing to do', async () => {
  await using database = await testDatabase();
  const where = new URL(database.url);
  const name = `${where.host}${where.pathname}`;
  {
    await using run = cli(['migrate', '--database-url', database.url]);
    assert.equal((await run.ended).code, 0, run.stderr());
    assert.equal(
      run.stdout(),
      `${schemaChanges.map((change) => `Applied the schema change ${change}.\n`).join('')}The event store in ${name} is up to date.
`,
    );
  }
  await using again = cli(['migrate', '--database-url', database.url]);
  assert.equal((await again.ended).code, 0, again.stderr());
  assert.equal(again.stdout(), `The event store in ${name} was up to date already.\n`);
  await (await openPostgresEventStore({ primary: database.url })).close();
});

test('"migrate" makes a store with the names that it is given, and adopts restored events when it is asked to', async () => {
  await using database = await testDatabase();
  const tables = { events: 'order', snapshots: 'order_snapshots' };
  const args = ['migrate', '--database-url', database.url];
  const names = ['--events-table', tables.events, '--snapshots-table', tables.snapshots];
  {
    await using run = cli([...args, ...names]);
    assert.equal((await run.ended).code, 0, run.stderr());
  }
  await query(
    database.url,
    `INSERT INTO "order" (event_type, occurred_at, payload, metadata, transaction_id)
     VALUES ('A', now(), '{}', '{}', '4000000000')`,
  );
  {
    await using run = cli([...args, ...names]);
    assert.equal((await run.ended).code, 1);
    assert.match(run.stderr(), /restored from another database cluster.*\n.*--adopt/);
  }
  await using run = cli([...args, ...names, '--adopt']);
  assert.equal((await run.ended).code, 0, run.stderr());
  assert.match(run.stdout(), /^Adopted 1 restored event\.$/m);
  await (await openPostgresEventStore({ primary: database.url, tables })).close();
});

test('"migrate" says what is wrong with the command line', async () => {
  for (const [args, sentence] of [
    [[], /^No database is named\.\nGive --database-url/],
    [
      ['--database-url', 'postgres://127.0.0.1:1/x', '--events-table', 'Bad-Name'],
      /^The store's table for events cannot be named "Bad-Name"\.\nGive 1 to 40 lower-case letters/,
    ],
    [
      ['--database-url', 'postgres://127.0.0.1:1/x', '--events-table', 'snapshots'],
      /^Events and snapshots cannot be/,
    ],
  ] as const) {
    await using run = cli(['migrate', ...args]);
    assert.equal((await run.ended).code, 2);
    assert.match(run.stderr(), sentence);
  }
});

test('"migrate" says where nothing answers, without the password', async () => {
  const port = await freePort();
  await using run = cli(['migrate', '--database-url', `postgres://u:hush@127.0.0.1:${port}/db`]);
  assert.equal((await run.ended).code, 1);
  assert.match(run.stderr(), new RegExp(`^Nothing answers at 127\\.0\\.0\\.1:${port}/db\\.\\n`));
  assert.doesNotMatch(run.stderr(), /hush/);
});
