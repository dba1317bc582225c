import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ServerRequestError } from '../../server/protocol/server-request-error.ts';
import { writeFiles } from '../unit/support/workspace-with.ts';
import { CONFIG, config, ownHandlersServer } from './support/own-handlers-server.ts';
import { query } from './support/query.ts';

const own = await ownHandlersServer();
after(() => own[Symbol.asyncDispose]());
const { client, databaseUrl, folder, over } = own;

const tables = () =>
  query(
    databaseUrl,
    `SELECT tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );

for (const [handler, code, message] of [
  [
    'Fails',
    'handler_failed',
    /^Fails failed in the execution that warms up: TypeError: Cannot read properties of null \(reading 'id'\) \(src\/handlers\.ts:45\)\.$/,
  ],
  [
    'FailsAside',
    'handler_failed',
    /^Code of FailsAside failed where nobody waits for it: TypeError: aside \(src\/handlers\.ts:50\)\.$/,
  ],
  ['NeverDone', 'handler_timeout', /^NeverDone was not done within 200 ms in the execution that warms up\.$/],
  [
    'NoInput',
    'handler_input_failed',
    /^eventstore-profiler\.config\.ts:\d+ handlers\[9\]\.input: for the execution that warms up it failed with RangeError: random\.pick\(\) was given an empty list: there is nothing to choose from\. \(eventstore-profiler\.config\.ts:\d+\)\.$/,
  ],
  [
    'NoPreparation',
    'handler_prepare_failed',
    /^eventstore-profiler\.config\.ts:\d+ handlers\[10\]\.prepare: it failed with RangeError: not prepared \(eventstore-profiler\.config\.ts:\d+\)\.$/,
  ],
] as const) {
  test(`A run says in a sentence what went wrong: ${handler}`, async () => {
    const { state, error } = await over(handler);
    assert.equal(state, 'failed');
    assert.match(error?.message ?? '', message);
    assert.equal(error?.code, code);
  });
}

test('Snapshots are refused for an own handler', async () => {
  await assert.rejects(client.createRun({ kind: 'profile', handler: 'Busy', snapshots: 'warm' }), (error) => {
    assert.ok(error instanceof ServerRequestError);
    assert.deepEqual([error.status, error.field], [400, 'snapshots']);
    return true;
  });
});

test('What needs the event store says that there is none; nothing was created in the database', async () => {
  assert.match(
    (await over('EventsInStore')).error?.message ?? '',
    /^EventsInStore failed in the execution that warms up: SchemaVersionError: The database .* holds no event store\./,
  );
  const example = await over('BooksInCirculation');
  assert.match(example.error?.message ?? '', /holds no event store/);
  assert.match(example.error?.advice ?? '', /eventstore-profiler migrate/);
  assert.deepEqual(await tables(), [{ tablename: 'orders' }]);
});

test('A handler that blocks the event loop ends when its time is over, and so does an input', async () => {
  const blocked = await over('NeverBack');
  assert.equal(blocked.state, 'failed');
  assert.equal(blocked.error?.code, 'handler_blocked');
  assert.equal(blocked.error.message, 'NeverBack did not give back control within 0.2 s.');
  assert.match(blocked.error.advice ?? '', /timeoutMs/);
  assert.equal(
    (await over('NoInputEver')).error?.message,
    'input of NoInputEver did not give back control within 0.2 s.',
  );
  // The next run finds everything in order.
  assert.equal((await over('Sync')).state, 'succeeded');
});

test('A cancel ends a handler that never ends', async () => {
  await writeFiles(folder, { [CONFIG]: config.replace('timeoutMs: 200', 'timeoutMs: 60_000') });
  const { id } = await client.createRun({ kind: 'profile', handler: 'NeverDone' });
  for await (const event of client.followRun(id)) {
    if (event.type === 'progress' && event.step === 'Warming up') await client.cancelRun(id);
  }
  assert.equal((await client.run(id)).state, 'cancelled');
});
