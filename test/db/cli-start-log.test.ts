import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cli } from './support/profiler-server.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { testDatabase } from './support/test-database.ts';

test('A start says each step once, and to open the page when there is something to see', async () => {
  await using place = await temporaryDirectory();
  await using store = await testDatabase();
  await using start = cli([
    'start',
    ...['--workspace', place.path],
    ...['--database-url', store.url],
    ...['--events', '300'],
  ]);
  await start.said(/Open http/);
  const steps = start.stderr().trimEnd().split('\n');
  assert.deepEqual(steps, [...new Set(steps)]);
  assert.match(start.stdout(), /Starting at http:.*Ready after.*Open http:/s);
});

test('A start that fails does not say to open the page', async () => {
  await using place = await temporaryDirectory();
  const url = 'postgres://127.0.0.1:1/events';
  await using start = cli(['start', '--workspace', place.path, '--database-url', url]);
  assert.equal((await start.ended).code, 1);
  assert.doesNotMatch(start.stdout(), /Open http/);
});
