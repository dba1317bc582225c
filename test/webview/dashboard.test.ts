import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { createServerClient } from '../../server/protocol/client.ts';
import type { ProfileRequest } from '../../server/protocol/run.ts';
import { type TestDatabase, testDatabase } from '../db/support/test-database.ts';
import { launchBrowser } from '../host/browser.ts';
import type { TemporaryFolder } from '../host/temporary-folder.ts';
import { buildBundles } from './support/bundles.ts';
import { openDashboard, type TestServer, testServer } from './support/dashboard-page.ts';
import { paintedPixels, shown, textOf } from './support/picture.ts';

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

const startButton = (page: Page) => page.locator('.profile-form vscode-button:not([disabled])');
const iterations = (page: Page) => page.locator('vscode-text-field[aria-label="Iterations"] input');

const input = (page: Page) => page.locator('vscode-text-field[aria-label="Input"] input');
const picker = (page: Page, label: string) => page.locator(`vscode-dropdown[aria-label="${label}"]`);
const snapshotsOf = (page: Page) =>
  picker(page, 'Snapshots').evaluate((dropdown: HTMLSelectElement) => dropdown.value);

async function choose(page: Page, label: string, name: string): Promise<void> {
  await picker(page, label).click();
  await page.getByRole('option', { name, exact: true }).click();
}

async function lastRequest(url: string, token: string): Promise<ProfileRequest> {
  const request = (await createServerClient({ url, token }).runs()).at(-1)?.request;
  assert.ok(request?.kind === 'profile');
  return request;
}

/** The controls show a new value in the frame after it was set. */
async function nextFrames(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}

async function profile(page: Page, times: string): Promise<void> {
  await startButton(page).waitFor();
  await iterations(page).fill(times);
  await startButton(page).click();
}

describe('the page', () => {
  test('says that the server is ready, on which database, and what to do first', async () => {
    await using dashboard = await openDashboard(browser, running.server);
    const { page } = dashboard;
    await page.getByText(/Ready · PostgreSQL 18.* · 200 events/).waitFor();
    assert.match(await textOf(page.locator('.welcome')), /Choose a handler and press Profile/);
    assert.equal(new URL(page.url()).search, '', 'the token does not stay in the address');
    assert.deepEqual(dashboard.faults, []);
  });

  test('offers the handlers with BooksInCirculation chosen, and says what it answers', async () => {
    await using dashboard = await openDashboard(browser, running.server);
    const { page } = dashboard;
    await startButton(page).waitFor();
    const picker = page.locator('vscode-dropdown[aria-label="Handler"]');
    assert.equal(
      await picker.evaluate((dropdown: HTMLSelectElement) => dropdown.value),
      'BooksInCirculation',
    );
    assert.match(await textOf(page.locator('.form-help').first()), /book/);
    await picker.click();
    await page.getByRole('option').nth(1).waitFor();
    assert.equal(await page.getByRole('option').count(), 13);
    // The last one lies below the edge of the list.
    await page.getByRole('option', { name: 'ReturnBookCopyFromReader' }).click();
    await page.locator('.form-help', { hasText: 'Takes a book copy back from its reader' }).waitFor();
  });

  test('profiles a handler and draws the flame graph of its execution', async () => {
    await using dashboard = await openDashboard(browser, running.server);
    const { page } = dashboard;
    await profile(page, '20');
    await page.locator('.flame[data-still="true"]').waitFor();
    assert.ok((await paintedPixels(page)) > 20_000);
    assert.match(
      await textOf(page.locator('.flame-summary')),
      /BooksInCirculation20 operationsmedian [\d.,]+ ms \([\d.,]+–[\d.,]+\) per operation.*events read, 0 appended/,
    );
    const phases = await page.locator('.flame-switch-name').allTextContents();
    for (const phase of ['sql_execute', 'unmarshal', 'project']) assert.ok(phases.includes(phase), phase);
    await page.keyboard.press('/');
    await page.keyboard.type('/^project$/');
    await page.locator('.flame-found', { hasText: 'match' }).waitFor();
    assert.deepEqual(dashboard.faults, []);
  });

  test('finds the run and what was set in its picture again after a reload', async () => {
    await using dashboard = await openDashboard(browser, running.server);
    const { page } = dashboard;
    await profile(page, '5');
    await page.locator('.flame[data-still="true"]').waitFor();
    await page.keyboard.press('2');
    await page.locator('.flame[data-view="left-heavy"]').waitFor();
    await page.reload();
    await page.locator('.flame[data-still="true"]').waitFor();
    assert.equal((await shown(page)).view, 'left-heavy');
    assert.equal(await page.locator('.run[aria-current]').count(), 1);
    assert.deepEqual(dashboard.faults, []);
  });

  test('opens earlier profiles again', async () => {
    await using dashboard = await openDashboard(browser, running.server);
    const { page } = dashboard;
    await page.locator('.run', { hasText: '20 iterations' }).click();
    await page.locator('.flame-summary', { hasText: '20 operations' }).waitFor();
    await page.locator('.run', { hasText: '5 iterations' }).click();
    await page.locator('.flame-summary', { hasText: '5 operations' }).waitFor();
    await nextFrames(page);
    assert.equal(await iterations(page).inputValue(), '5', 'the form shows what was run');
    await page.goBack();
    await page.locator('.flame-summary', { hasText: '20 operations' }).waitFor();
    await nextFrames(page);
    assert.equal(await iterations(page).inputValue(), '20');
    await page.locator('.run[aria-current]', { hasText: / ms · 20 iterations · / }).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save …' }).click();
    await page.getByRole('link', { name: /^profile\.cpuprofile/ }).click();
    assert.equal((await download).suggestedFilename(), 'profile.cpuprofile');
    assert.deepEqual(dashboard.faults, []);
  });

  test('hands a source to the editor and stays where it is', async () => {
    await using dashboard = await openDashboard(browser, running.server);
    const { page } = dashboard;
    await page.locator('.run', { hasText: '20 iterations' }).click();
    await page.locator('.flame[data-still="true"]').waitFor();
    await page.keyboard.press('2');
    await page.keyboard.press('/');
    await page.keyboard.type('/^project$/');
    await page.locator('.flame-found', { hasText: 'match' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.flame-source').click();
    await page
      .getByText(/Asked VS Code to open .*\.ts:\d+/)
      .first()
      .waitFor();
    const address = (await page.locator('iframe').getAttribute('src')) ?? '';
    assert.match(address, /^vscode:\/\/file\/.*\.ts:\d+:\d+$/);
    await page.locator('.flame-source').waitFor();
    assert.deepEqual(dashboard.faults, []);
  });

  test('lets its button and its runs be reached in a low window', async () => {
    await using dashboard = await openDashboard(browser, running.server);
    const { page } = dashboard;
    await page.setViewportSize({ width: 1000, height: 360 });
    await startButton(page).scrollIntoViewIfNeeded();
    await startButton(page).click({ trial: true, timeout: 5_000 });
    await page.locator('.run-list ul').scrollIntoViewIfNeeded();
    const list = await page.locator('.run-list').boundingBox();
    assert.ok(list !== null && list.height >= 140 && list.y < 360, JSON.stringify(list));
  });

  test('names its fields, and says of a command what it changes for good', async () => {
    await using dashboard = await openDashboard(browser, running.server);
    const { page } = dashboard;
    await startButton(page).waitFor();
    await page.getByRole('textbox', { name: 'Iterations' }).waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Text field' }).count(), 0);
    assert.equal(await page.locator('.form-effect').isVisible(), false);
    await page.locator('vscode-dropdown[aria-label="Handler"]').click();
    await page.getByRole('option', { name: 'AddBookCopyToCirculation' }).click();
    await page.locator('.form-effect', { hasText: 'store' }).waitFor();
    assert.deepEqual(dashboard.faults, []);
  });

  test('profiles with the snapshots and the input that are chosen, and shows them again after a reload', async () => {
    await using dashboard = await openDashboard(browser, running.server);
    const { page } = dashboard;
    await startButton(page).waitFor();
    await page.locator('.form-help', { hasText: 'folds the whole history' }).waitFor();
    await choose(page, 'Handler', 'BooksLentByReader');
    await choose(page, 'Snapshots', 'warm');
    await page.locator('.form-help', { hasText: 'stays in memory' }).waitFor();
    await input(page).fill('{"readerID": "nobody"}');
    await profile(page, '3');
    await page.locator('.flame[data-still="true"]').waitFor();
    const { url, token } = running.server;
    const { handler, snapshots, input: given } = await lastRequest(url, token);
    assert.deepEqual([handler, snapshots, given], ['BooksLentByReader', 'warm', { readerID: 'nobody' }]);
    await page.reload();
    await page.locator('.flame[data-still="true"]').waitFor();
    await nextFrames(page);
    assert.equal(await input(page).inputValue(), '{"readerID":"nobody"}');
    assert.equal(await snapshotsOf(page), 'warm');
    assert.deepEqual(dashboard.faults, []);
  });

  for (const [typed, answer] of [
    ['{readerID', /^Input must be a JSON object such as .* Expected property name/],
    ['5', /^Input must be a JSON object; 5 was given/],
    ['{}', /^readerID of BooksLentByReader must be text .*; nothing was given/],
  ] as const) {
    test(`says next to it what is wrong with the input ${typed}, and starts nothing`, async () => {
      await using dashboard = await openDashboard(browser, running.server);
      const { page } = dashboard;
      await startButton(page).waitFor();
      await choose(page, 'Handler', 'BooksLentByReader');
      await input(page).fill(typed);
      await profile(page, '3');
      const fault = page.locator('#input-fault');
      await fault.waitFor();
      assert.match(await textOf(fault), answer);
      assert.equal(await page.locator('.run-card').count(), 0);
      await startButton(page).waitFor();
      await input(page).fill('');
      await fault.waitFor({ state: 'hidden' });
      // The browser tells of every answer of 400 in its console.
      assert.deepEqual(
        dashboard.faults.filter((line) => !line.includes('400')),
        [],
      );
    });
  }

  for (const [typed, answer] of [
    ['0', /^Iterations must be a whole number from 1 to 1,000,000; 0 was given/],
    ['-1', /-1 was given/],
    ['1e12', /1000000000000 was given/],
    ['many', /"many" was given/],
    ['', /Type how often to run the handler/],
  ] as const) {
    test(`says what is wrong with ${typed === '' ? 'no' : typed} iterations, and starts nothing`, async () => {
      await using dashboard = await openDashboard(browser, running.server);
      const { page } = dashboard;
      const runs = await page.locator('.run').count();
      await profile(page, typed);
      const fault = page.locator('#iterations-fault');
      await fault.waitFor();
      assert.match(await textOf(fault), answer);
      assert.equal(await page.locator('.run-card').count(), 0);
      assert.ok((await page.locator('.run').count()) >= runs);
      await iterations(page).fill('7');
      await fault.waitFor({ state: 'hidden' });
      assert.deepEqual(dashboard.faults, []);
    });
  }

  test('shows progress of a run, finds it running after a reload, and cancels it', async () => {
    await using dashboard = await openDashboard(browser, running.server);
    const { page } = dashboard;
    await profile(page, '1000000');
    await page.getByText(/of 1,000,000/).waitFor();
    assert.equal(await startButton(page).count(), 0, 'one run at a time');
    await page.reload();
    await page.getByText(/of 1,000,000/).waitFor();
    await page.locator('.run-card').getByText('Cancel', { exact: true }).click();
    await page.getByText(/0:\d\d elapsed/).waitFor();
    await page.locator('.notice.is-neutral', { hasText: 'was cancelled' }).waitFor();
    assert.equal(await page.getByRole('alert').filter({ hasText: 'cancelled' }).count(), 0);
    await page.getByText('Profile again').waitFor();
    await page.locator('.run', { hasText: 'cancelled' }).waitFor();
    await startButton(page).waitFor();
    assert.deepEqual(dashboard.faults, []);
  });

  test('says so when a run of the address does not exist', async () => {
    await using dashboard = await openDashboard(browser, running.server);
    const { page } = dashboard;
    await page.goto(`${running.server.url}/#run=nothing`);
    await page.reload();
    await page.locator('.run-view').getByRole('alert').waitFor();
    assert.match(await textOf(page.locator('.run-view .notice')), /nothing.*The list on the left/s);
    assert.deepEqual(dashboard.faults, []);
  });

  test('fits a narrow window and follows the system from light to dark', async () => {
    await using dashboard = await openDashboard(browser, running.server, {
      viewport: { width: 480, height: 800 },
      colorScheme: 'light',
    });
    const { page } = dashboard;
    await startButton(page).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 480);
    await profile(page, '2');
    await page.locator('.flame[data-still="true"]').waitFor();
    await page.locator('.run[aria-current]').waitFor();
    const list = await page.locator('.run-list ul').boundingBox();
    assert.ok((list?.height ?? 0) > 40, 'the list has room');
    const colours = () =>
      page.evaluate(() => {
        const field = document.querySelector('vscode-text-field')?.shadowRoot?.querySelector('.root');
        return [document.body, field].map((part) => (part ? getComputedStyle(part).backgroundColor : ''));
      });
    assert.deepEqual(await colours(), ['rgb(255, 255, 255)', 'rgb(255, 255, 255)']);
    await page.emulateMedia({ colorScheme: 'dark' });
    await nextFrames(page);
    assert.deepEqual(await colours(), ['rgb(31, 31, 31)', 'rgb(43, 43, 43)']);
    assert.deepEqual(dashboard.faults, []);
  });
});

describe('the page of a server', () => {
  test('that starts shows what it does, then gets ready', async () => {
    await using empty = await testDatabase();
    await using starting = await testServer({ pages: bundles.path, databaseUrl: empty.url, events: 20_000 });
    await using dashboard = await openDashboard(browser, starting.server);
    const { page } = dashboard;
    await page.locator('.page-banner .progress').waitFor();
    assert.match(await textOf(page.locator('.status-line')), /Starting/);
    assert.equal(await startButton(page).count(), 0);
    await page.getByText(/Ready .* 20,000 events/).waitFor();
    await startButton(page).waitFor();
    assert.equal(await page.locator('.page-banner').isVisible(), false);
    assert.deepEqual(dashboard.faults, []);
  });

  test('that could not start says why and what to do', async () => {
    const nowhere = 'postgres://nobody@127.0.0.1:1/none';
    await using failed = await testServer({ pages: bundles.path, databaseUrl: nowhere });
    await failed.server.ready.catch(() => undefined);
    await using dashboard = await openDashboard(browser, failed.server);
    const { page } = dashboard;
    const banner = page.locator('.page-banner').getByRole('alert');
    await banner.waitFor();
    assert.match(await textOf(page.locator('.status-line')), /could not start/);
    assert.ok((await banner.locator('p').count()) >= 2, 'a sentence and an advice');
    assert.deepEqual(dashboard.faults, []);
  });

  test('that has gone says so, and that the page tries again; one with another token refuses', async () => {
    await using database = await testDatabase();
    const settings = { pages: bundles.path, databaseUrl: database.url, events: 10 };
    const first = await testServer(settings);
    await first.server.ready;
    await using dashboard = await openDashboard(browser, first.server);
    const { page } = dashboard;
    await startButton(page).waitFor();
    const port = Number(new URL(first.server.url).port);
    await first[Symbol.asyncDispose]();
    await page.getByText('The server does not answer.').waitFor();
    assert.match(await textOf(page.locator('.status-line')), /Connection lost/);
    await using _second = await testServer({ ...settings, port });
    await page.getByText('Try again now').click();
    await page.getByText(/does not know this page any more/).waitFor();
    assert.match(await textOf(page.locator('.page-banner')), /Open the address that "npm start" prints/);
    assert.deepEqual(dashboard.faults, []);
  });
});
