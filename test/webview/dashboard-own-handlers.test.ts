import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type TestDatabase, testDatabase } from '../db/support/test-database.ts';
import { launchBrowser } from '../host/browser.ts';
import type { TemporaryFolder } from '../host/temporary-folder.ts';
import { buildBundles } from './support/bundles.ts';
import { openDashboard, type TestServer, testServer } from './support/dashboard-page.ts';

const config = `export default {
  handlers: [
    { name: 'Greet', kind: 'query', summary: 'Greets.', module: './greet.mjs', export: 'greet' },
    { name: 'Leave', kind: 'query', summary: 'Leaves.', module: './greet.mjs', export: 'leave' },
  ],
};`;

let browser: Browser;
let bundles: TemporaryFolder;
let database: TestDatabase;
let running: TestServer;

before(async () => {
  [browser, bundles, database] = await Promise.all([launchBrowser(), buildBundles(), testDatabase()]);
  running = await testServer({ pages: bundles.path, databaseUrl: database.url, events: 0, config });
  await writeFile(path.join(running.workspace, 'greet.mjs'), 'export const greet = async () => "Hello";');
  await running.server.ready;
});
after(async () => {
  await running[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await browser.close();
  await bundles[Symbol.asyncDispose]();
});

const handler = (page: Page) => page.locator('vscode-dropdown[aria-label="Handler"]');
const chosen = (page: Page) => handler(page).evaluate((dropdown: HTMLSelectElement) => dropdown.value);

test('The page has the first own handler chosen, lists the others before the examples, and says what is wrong with one', async () => {
  await using dashboard = await openDashboard(browser, running.server);
  const { page } = dashboard;
  await page.getByText('Greets.').waitFor();
  assert.equal(await chosen(page), 'Greet');
  const names = await handler(page).locator('vscode-option').allTextContents();
  assert.deepEqual(names.slice(0, 3), ['Greet', 'Leave', 'BooksInCirculation']);
  await handler(page).click();
  await page.getByRole('option', { name: 'Leave', exact: true }).click();
  await page.getByText("handlers[1].export: './greet.mjs' has no export 'leave'.").waitFor();
  assert.deepEqual(dashboard.faults, []);
});

test('The page shows a changed config, and its fault, without being loaded anew', async () => {
  await using dashboard = await openDashboard(browser, running.server);
  const { page } = dashboard;
  await page.getByText('Greets.').waitFor();
  const file = path.join(running.workspace, 'eventstore-profiler.config.mjs');
  await writeFile(file, config.replace("name: 'Greet'", "name: 'Welcome'"));
  await handler(page).locator('vscode-option', { hasText: 'Welcome' }).waitFor({ state: 'attached' });
  await writeFile(file, 'export default {');
  await page.getByText(/eventstore-profiler\.config\.mjs:1: SyntaxError/).waitFor();
  await writeFile(file, config);
  await handler(page).locator('vscode-option', { hasText: 'Greet' }).waitFor({ state: 'attached' });
  assert.deepEqual(dashboard.faults, []);
});
