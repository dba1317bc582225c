import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { createServerClient } from '../../server/protocol/client.ts';
import { type TestDatabase, testDatabase } from '../db/support/test-database.ts';
import { launchBrowser } from '../host/browser.ts';
import type { TemporaryFolder } from '../host/temporary-folder.ts';
import { buildBundles } from './support/bundles.ts';
import { openDashboard, type TestServer, testServer } from './support/dashboard-page.ts';
import { textOf } from './support/picture.ts';

const program = `
function burnsInTheOpen() { const end = performance.now() + 5; while (performance.now() < end); }
setInterval(burnsInTheOpen, 10);
console.log('runs');
`;

let browser: Browser;
let bundles: TemporaryFolder;
let database: TestDatabase;
let running: TestServer;
let busy: ChildProcess;

before(async () => {
  [browser, bundles, database] = await Promise.all([launchBrowser(), buildBundles(), testDatabase()]);
  running = await testServer({ pages: bundles.path, databaseUrl: database.url, events: 0 });
  await running.server.ready;
  busy = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (busy.stdout !== null) await once(busy.stdout, 'data');
});
after(async () => {
  busy.kill();
  await running[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await browser.close();
  await bundles[Symbol.asyncDispose]();
});

const field = (page: Page, label: string) =>
  page.locator(`.attach-dialog vscode-text-field[aria-label="${label}"] input`);
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const fault = (page: Page) => page.locator('.attach-dialog .form-fault:visible');

async function openDialog(page: Page): Promise<void> {
  await page.locator('.side-attach vscode-button:not([disabled])').click();
  await page.locator('.attach-dialog[open]').waitFor();
}

async function choose(page: Page, label: string, name: string): Promise<void> {
  await page.locator(`.attach-dialog vscode-dropdown[aria-label="${label}"]`).click();
  await page.getByRole('option', { name, exact: true }).click();
}

test('a process that runs already is recorded by its id and drawn, without a handler being run', async () => {
  await using dashboard = await openDashboard(browser, running.server);
  const { page, faults } = dashboard;
  await openDialog(page);
  await field(page, 'Process').fill(String(busy.pid));
  await field(page, 'Seconds').fill('1');
  await page.keyboard.press('Enter');
  await page.locator('.flame[data-still="true"]').waitFor();
  assert.match(await textOf(page.locator('.flame-summary')), new RegExp(`process ${busy.pid}.*samples`));
  await page.keyboard.press('/');
  await page.keyboard.type('burnsInTheOpen');
  await page.locator('.flame-found', { hasText: /[1-9]\d* match/ }).waitFor();
  await page.locator('.run[aria-current]', { hasText: `Process ${busy.pid}` }).waitFor();
  assert.equal(busy.exitCode, null);
  assert.deepEqual(faults, []);
});

test('allocations of a process are recorded until somebody presses Stop', async () => {
  await using dashboard = await openDashboard(browser, running.server);
  const { page } = dashboard;
  await openDialog(page);
  await field(page, 'Process').fill(String(busy.pid));
  await choose(page, 'Recorded by', 'v8-heap');
  await choose(page, 'Stop', 'manual');
  assert.equal(await field(page, 'Seconds').isVisible(), false);
  await press(page, 'Attach');
  await page.getByRole('button', { name: 'Stop and keep what was recorded' }).click();
  await page.locator('.flame-summary', { hasText: 'sampled' }).waitFor();
  const run = (await createServerClient(running.server).runs()).at(-1);
  assert.ok(run?.request.kind === 'attach' && run.state === 'succeeded');
  assert.equal(run.request.collector, 'v8-heap');
});

test('what cannot be attached to is told beside the field, before anything is run', async () => {
  await using dashboard = await openDashboard(browser, running.server);
  const { page } = dashboard;
  const runs = async () => (await createServerClient(running.server).runs()).length;
  const before = await runs();
  await openDialog(page);
  for (const [typed, sentence] of [
    ['', /^Type a process id, for example/],
    ['server.js', /^"server.js" is no process id and no address of an inspector\. Give the process id/],
    ['example.com:9229', /^example.com is not this machine\. .*Open a tunnel/],
    ['2147483647', /^There is no process 2147483647\./],
  ] as const) {
    await field(page, 'Process').fill(typed);
    await press(page, 'Attach');
    await fault(page).filter({ hasText: sentence }).waitFor();
    assert.equal(await page.locator('.attach-dialog vscode-text-field[aria-invalid]').count(), 1);
  }
  await field(page, 'Process').fill(String(busy.pid));
  await field(page, 'Seconds').fill('5000');
  await press(page, 'Attach');
  await fault(page)
    .filter({ hasText: /^This must be a number from 0\.1 to 3,600; 5000 was given/ })
    .waitFor();
  await press(page, 'Cancel');
  assert.equal(await page.locator('.attach-dialog').isVisible(), false);
  assert.equal(await runs(), before);
});

test('a process that turns out to be no Node.js is told with a way to ask again', async () => {
  const other = spawn('sleep', ['600'], { stdio: 'ignore' });
  try {
    await once(other, 'spawn');
    await using dashboard = await openDashboard(browser, running.server);
    const { page } = dashboard;
    await openDialog(page);
    await field(page, 'Process').fill(String(other.pid));
    await press(page, 'Attach');
    await page.locator('.notice', { hasText: 'is no Node.js process: it runs' }).waitFor();
    await press(page, 'Attach again …');
    await fault(page).filter({ hasText: 'is no Node.js process' }).waitFor();
    assert.equal(await field(page, 'Process').inputValue(), String(other.pid));
  } finally {
    other.kill();
  }
});
