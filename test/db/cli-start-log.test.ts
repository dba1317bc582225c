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

for (const [url, sentence] of [
  ['postgres://127.0.0.1:1/events', /^Nothing answers at 127\.0\.0\.1:1\/events\.$/m],
  ['mysql://127.0.0.1/events', /^The database URL is not the URL of a PostgreSQL database\.\nWrite it as/],
  ['nonsense', /\nWrite it as postgres:\/\/host:port\/database, with user:password@ before the host/],
] as const) {
  test(`A start with ${url} fails with a sentence and names no address`, async () => {
    await using place = await temporaryDirectory();
    await using start = cli(['start', '--workspace', place.path, '--database-url', url]);
    assert.equal((await start.ended).code, 1);
    assert.match(start.stderr(), sentence);
    assert.doesNotMatch(start.stdout(), /http:/);
  });
}
