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
  running = await testServer({ pages: bundles.path, databaseUrl: database.url });
  await running.server.ready;
});
after(async () => {
  await running[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await browser.close();
  await bundles[Symbol.asyncDispose]();
});

test('the words of a tool leave the picture its place on the screen, and its run is told apart in the list', async () => {
  const client = createServerClient(running.server);
  const order = { kind: 'profile', handler: 'BooksInCirculation', collector: '0x', iterations: 10 } as const;
  const { id } = await client.createRun(order);
  for await (const event of client.followRun(id)) {
    if (event.type === 'done') assert.equal(event.run.state, 'succeeded', event.run.error?.message);
  }
  await using dashboard = await openDashboard(browser, running.server);
  const { page } = dashboard;
  await page.goto(`${running.server.url}/#run=${id}`);
  await page.locator('.flame[data-still="true"]').waitFor();
  assert.match(await textOf(page.locator('.run-words')), /On the CPU at/);
  const details = await page.locator('.flame-details').boundingBox();
  assert.ok(details !== null && details.y + details.height <= 800, JSON.stringify(details));
  assert.equal(await textOf(page.locator('.run[aria-current] .run-title')), 'BooksInCirculation, 0x');
});
