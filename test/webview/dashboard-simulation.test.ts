import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { createServerClient } from '../../server/protocol/client.ts';
import { type TestDatabase, testDatabase } from '../db/support/test-database.ts';
import { launchBrowser } from '../host/browser.ts';
import type { TemporaryFolder } from '../host/temporary-folder.ts';
import { buildBundles } from './support/bundles.ts';
import { openDashboard, type TestServer, testServer } from './support/dashboard-page.ts';
import { textOf } from './support/picture.ts';

let browser: Browser;
let bundles: TemporaryFolder;
let database: TestDatabase;
let running: TestServer;

before(async () => {
  [browser, bundles, database] = await Promise.all([launchBrowser(), buildBundles(), testDatabase()]);
  running = await testServer({ pages: bundles.path, databaseUrl: database.url, events: 1_000 });
  await running.server.ready;
});
after(async () => {
  await running[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await browser.close();
  await bundles[Symbol.asyncDispose]();
});

const order = { kind: 'simulation', rate: 40, workers: 2, activeReaders: 10, rhythm: 'steady' } as const;

test('A simulation is listed, shows its figures while it runs, and its summary when it was cancelled or is done', async () => {
  const client = createServerClient(running.server);
  await using dashboard = await openDashboard(browser, running.server);
  const { page } = dashboard;
  await page.getByText(/Ready/).waitFor();
  const { id } = await client.createRun({ ...order, durationSeconds: 600 });
  await page.locator(`.run[data-run="${id}"]`).click();
  await page.getByText(/^\d+ operations\/s, p99 [\d.,]+ m?s/).waitFor();
  await page.locator('.run-card').getByText('Cancel', { exact: true }).click();
  await page.getByText('Simulation, 40/s for 600 s was cancelled.').waitFor();
  assert.match(await textOf(page.locator('.run-report')), /operations, [\d.]+ s measured \(ended early\)/);

  const done = await client.createRun({ ...order, durationSeconds: 2 });
  await page.locator(`.run[data-run="${done.id}"]`).click();
  await page.getByText(/2\.\d s measured$/m).waitFor();
  assert.match(await textOf(page.locator('.run-report')), /LendBookCopyToReader/);
  assert.match(await textOf(page.locator('.run-list')), /Simulation.*40\/s for 2 s/s);
  assert.deepEqual(dashboard.faults, []);
});
