import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
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
  // Not "waited": the process may have worked meanwhile.
  assert.match(
    await page.locator('.statements-sum').innerText(),
    /, under way for .* ms of all operations' time$/,
  );
  assert.match(await page.locator('.statements th').nth(3).innerText(), /^Under way$/i);
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

test('with a plan in the picture the profile can be saved as it was recorded and with the plan, and the plan be taken out', async () => {
  const run = await profiled('RegisterReader');
  await using dashboard = await openDashboard(browser, running.server);
  const { page, faults } = dashboard;
  await page.goto(`${running.server.url}/#run=${run}`);
  const save = page.getByRole('button', { name: 'Save …' });
  const files = page.locator('.save-menu:popover-open li');
  await save.click();
  assert.match(
    (await files.allInnerTexts()).join('|'),
    /^profile\.cpuprofile[^|]*The profile as it was recorded, \d/,
  );
  await page.keyboard.press('Escape');
  await page.locator('.statement', { hasText: 'SELECT … FROM events' }).getByRole('button').click();
  await page.getByRole('button', { name: 'Show the plan in the picture' }).click();
  await page.getByRole('button', { name: /without the plan/ }).waitFor();
  for (const view of ['phases', 'left-heavy', 'time-order']) {
    await page.locator(`.flame input[value="${view}"]`).check({ force: true });
    await save.click();
    const [recorded = '', withPlan = '', ...others] = await files.allInnerTexts();
    assert.match(recorded, /^profile\.cpuprofile\s*The profile as it was recorded, without the plan/);
    assert.match(
      withPlan,
      /^profile\.with-plan\.cpuprofile\s*The profile with the plan of SELECT … FROM events/,
    );
    assert.deepEqual(others, []);
    await page.keyboard.press('Escape');
  }
  assert.ok(!(await savedText(page, 0)).includes(' on events"'));
  assert.ok((await savedText(page, 1)).includes(' on events"'));
  await page.getByRole('button', { name: /without the plan/ }).click();
  await page.keyboard.press('/');
  await page.keyboard.type('/ on events$/');
  await page.locator('.flame-found', { hasText: /no match/i }).waitFor();
  await save.click();
  assert.equal(await files.count(), 1);
  assert.deepEqual(faults, []);
});

test('a plan that is opened from the list leads to its profile, and the profile with it can be saved', async () => {
  const run = await profiled('RegisterReader');
  const { id } = await client.createRun({ kind: 'explain', run, statement: '1', analyze: 'always' });
  for await (const event of client.followRun(id)) if (event.type === 'done') break;
  await using dashboard = await openDashboard(browser, running.server);
  const { page } = dashboard;
  await page.goto(`${running.server.url}/#run=${id}`);
  await page.getByRole('button', { name: 'Save …' }).click();
  assert.match(await page.locator('.save-menu:popover-open').innerText(), /profile\.with-plan\.cpuprofile/);
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Profile that the statement is of' }).click();
  await page.locator('.flame-summary', { hasText: 'RegisterReader' }).waitFor();
});

/** What is saved by the entry of the list. */
async function savedText(page: Page, entry: number): Promise<string> {
  await page.getByRole('button', { name: 'Save …' }).click();
  const download = page.waitForEvent('download');
  await page.locator('.save-menu:popover-open a').nth(entry).click();
  return await readFile(await (await download).path(), 'utf8');
}

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
