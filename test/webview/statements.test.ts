import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { createServerClient, type ServerClient } from '../../server/protocol/client.ts';
import { type TestDatabase, testDatabase } from '../db/support/test-database.ts';
import { launchBrowser } from '../host/browser.ts';
import type { TemporaryFolder } from '../host/temporary-folder.ts';
import { buildBundles } from './support/bundles.ts';
import { openDashboard, type TestServer, testServer } from './support/dashboard-page.ts';

let browser: Browser;
let bundles: TemporaryFolder;
let database: TestDatabase;
let running: TestServer;
let client: ServerClient;

before(async () => {
  [browser, bundles, database] = await Promise.all([launchBrowser(), buildBundles(), testDatabase()]);
  running = await testServer({ pages: bundles.path, databaseUrl: database.url });
  await running.server.ready;
  client = createServerClient(running.server);
});
after(async () => {
  await running[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await browser.close();
  await bundles[Symbol.asyncDispose]();
});

async function profiled(handler: string): Promise<string> {
  const { id } = await client.createRun({ kind: 'profile', handler, iterations: 20 });
  for await (const event of client.followRun(id)) {
    if (event.type === 'done') assert.equal(event.run.state, 'succeeded', event.run.error?.message);
  }
  return id;
}

test('statements stand below the picture, and their plans below them and in the picture', async () => {
  const run = await profiled('RegisterReader');
  await using dashboard = await openDashboard(browser, running.server);
  const { page, faults } = dashboard;
  await page.goto(`${running.server.url}/#run=${run}`);
  const row = page.locator('.statement', { hasText: 'SELECT … FROM events' });
  await row.waitFor();
  assert.match(await row.innerText(), /\b20\b.*\d ms.*sql_execute/s);
  assert.equal(await page.locator('.statement', { hasText: 'INSERT INTO events' }).count(), 1);
  await row.getByRole('button', { name: /^Explain SELECT/ }).click();
  const plan = page.locator('.statement-plan .statement-tree');
  await plan.waitFor();
  assert.match(await plan.innerText(), /GIN index events_payload of events was (not )?used/);
  await page.getByRole('button', { name: 'Show the plan in the picture' }).click();
  await page.waitForFunction(() => document.querySelector('.page-main')?.scrollTop === 0);
  await page.keyboard.press('/');
  await page.keyboard.type('/ on events/');
  await page.locator('.flame-found', { hasText: /[1-9]/ }).waitFor();
  assert.deepEqual(faults, []);
});

test('a plan without times is told to be none for the picture, and gets its place when it was executed', async () => {
  const run = await profiled('RegisterReader');
  await using dashboard = await openDashboard(browser, running.server);
  const { page, faults } = dashboard;
  await page.goto(`${running.server.url}/#run=${run}`);
  const row = page.locator('.statement', { hasText: 'INSERT INTO events' });
  await row.getByRole('button', { name: /^Explain/ }).click();
  await page.getByText(/The plan is not in the picture: its part ".*" was not executed/).waitFor();
  const show = page.getByRole('button', { name: 'Show the plan in the picture' });
  assert.equal(await show.count(), 0);
  await page.getByRole('button', { name: /^Execute it, and roll back/ }).click();
  await show.click();
  await page.waitForFunction(() => document.querySelector('.page-main')?.scrollTop === 0);
  await page.keyboard.press('/');
  await page.keyboard.type('Insert on events');
  await page.locator('.flame-found', { hasText: /[1-9]/ }).waitFor();
  assert.deepEqual(faults, []);
});

test('the whole text of a statement opens, and what PostgreSQL counted tells how to have it counted', async () => {
  const run = await profiled('RegisterReader');
  await using dashboard = await openDashboard(browser, running.server);
  const { page } = dashboard;
  await page.goto(`${running.server.url}/#run=${run}`);
  const row = page.locator('.statement', { hasText: 'INSERT INTO events' });
  const text = row.locator('details pre');
  assert.equal(await text.isVisible(), false);
  await row.locator('summary').click();
  assert.match(await text.innerText(), /INSERT INTO "events"/);
  await page.locator('.statements-server summary').click();
  assert.match(await page.locator('.statements-server').innerText(), /CREATE EXTENSION pg_stat_statements/);
});

test('a plan that cannot be had is told where it was asked for', async () => {
  const run = await profiled('RegisterReader');
  await using dashboard = await openDashboard(browser, running.server);
  const { page } = dashboard;
  await page.goto(`${running.server.url}/#run=${run}`);
  const row = page.locator('.statement', { hasText: 'SELECT … FROM events' });
  await row.waitFor();
  await page.route('**/api/runs', (route) => route.abort());
  await row.getByRole('button', { name: /^Explain/ }).click();
  await page.locator('.statement-plan .notice').waitFor();
});
