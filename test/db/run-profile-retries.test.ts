import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Run } from '../../server/protocol/run.ts';
import { type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { profilerServer } from './support/profiler-server.ts';
import { query } from './support/query.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

let database: PostgresFixture;
before(async () => {
  database = await postgresFixture();
});
after(() => database[Symbol.asyncDispose]());

/** The run of three commands in a server of this environment and config file. */
async function profiled(env: Readonly<Record<string, string>>, config?: string): Promise<Run> {
  await using place = await temporaryDirectory();
  if (config !== undefined) await writeFile(path.join(place.path, 'eventstore-profiler.config.mjs'), config);
  const args = ['--database-url', database.url, '--events', '0'];
  await using server = profilerServer(place.path, { args, env });
  const client = await server.ready;
  const { id } = await client.createRun({ kind: 'profile', handler: 'RegisterReader', iterations: 3 });
  for await (const event of client.followRun(id)) if (event.type === 'done') return event.run;
  throw new Error('The run has no end');
}

/** From now on the database refuses that many appends, as it does when two transactions are in each other's way. */
async function refuse(appends: number): Promise<void> {
  await query(
    database.url,
    `DELETE FROM events;
    DROP SEQUENCE IF EXISTS tries CASCADE;
    CREATE SEQUENCE tries;
    CREATE OR REPLACE FUNCTION refuse_first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF nextval('tries') <= ${appends} THEN RAISE EXCEPTION 'refused' USING ERRCODE = '40001'; END IF;
      RETURN NEW;
    END $$;
    CREATE OR REPLACE TRIGGER refuse_first BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION refuse_first()`,
  );
}

async function stored(): Promise<number> {
  return (await query(database.url, 'SELECT FROM events')).length;
}

test('A profiled command that meets conflicts is tried again as often as the environment allows', async () => {
  await refuse(2);
  assert.equal((await profiled({ MAX_RETRIES: '2', RETRY_BASE_DELAY: '1ms' })).state, 'succeeded');
  // One to warm up.
  assert.equal(await stored(), 4);
  await refuse(2);
  const { state, error } = await profiled({ MAX_RETRIES: '1', RETRY_BASE_DELAY: '1ms' });
  assert.deepEqual([state, error?.code], ['failed', 'retries_exhausted']);
  assert.equal(await stored(), 0);
});

test('The config file says how often, and the environment counts more', async () => {
  const config = 'export default { retries: { attempts: 2, baseDelayMs: 1 } };';
  await refuse(2);
  const { state, error } = await profiled({}, config);
  assert.deepEqual([state, error?.code], ['failed', 'retries_exhausted']);
  await refuse(2);
  assert.equal((await profiled({ MAX_RETRIES: '2' }, config)).state, 'succeeded');
});

for (const [name, value] of [
  ['MAX_RETRIES', 'often'],
  ['RETRY_BASE_DELAY', '-1ms'],
  ['RETRY_MAX_DELAY', '11m'],
] as const) {
  test(`A run with ${name}=${value} fails with a sentence that names it, before anything is executed`, async () => {
    await refuse(0);
    const { state, error } = await profiled({ [name]: value });
    assert.deepEqual([state, error?.field], ['failed', name]);
    assert.ok(error?.message.startsWith(`${name} must be `), error?.message);
    assert.equal(await stored(), 0);
  });
}
