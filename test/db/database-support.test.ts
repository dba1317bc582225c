import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { query } from './support/query.ts';
import { testDatabase } from './support/test-database.ts';

test('a test gets an empty database of its own, which is gone afterwards', async () => {
  let url = '';
  {
    await using database = await testDatabase();
    await using other = await testDatabase();
    url = database.url;
    await query(url, 'CREATE TABLE mine ()');
    assert.deepEqual(await query(other.url, "SELECT FROM pg_tables WHERE schemaname = 'public'"), []);
  }
  await assert.rejects(query(url, 'SELECT 1'), { code: '3D000' });
});

test('test processes share one cluster, which goes with the last of them, however they end', async () => {
  const name = `support-${process.pid}`;
  const clients = [testProcess(name), testProcess(name), testProcess(name)];
  const reports = await Promise.all(clients.map((client) => client.report));
  assert.equal(new Set(reports.map(({ port }) => port)).size, 1, JSON.stringify(reports));
  const { directory, url } = reports[0] ?? { directory: '', url: '' };
  for (const { child } of clients) child.kill('SIGKILL');
  while (existsSync(directory)) await delay(20);
  await assert.rejects(query(url, 'SELECT 1'), { code: 'ECONNREFUSED' });
});

/** A process that takes a test database and then does nothing. */
function testProcess(clusterName: string) {
  const script = `
    import { testDatabase } from './support/test-database.ts';
    import { keeperDirectory } from './support/keeper-address.ts';
    const { url } = await testDatabase();
    console.log(JSON.stringify({ port: new URL(url).port, directory: keeperDirectory, url }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    env: { ...process.env, TEST_CLUSTER_NAME: clusterName },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const report = once(createInterface({ input: child.stdout }), 'line').then(
    ([line]) => JSON.parse(String(line)) as { port: string; directory: string; url: string },
  );
  return { child, report };
}
