import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { createServerClient, type ServerClient } from '../../server/protocol/client.ts';
import type { PlacedPause } from '../../server/protocol/gc-pause.ts';
import { decodeProfile } from '../../server/protocol/profile/decode-profile.ts';
import { GC_PAUSES_FILE } from '../../server/protocol/run-files.ts';
import { delegatingHandler } from '../db/support/delegating-handler.ts';
import { type TestDatabase, testDatabase } from '../db/support/test-database.ts';
import { launchBrowser } from '../host/browser.ts';
import type { TemporaryFolder } from '../host/temporary-folder.ts';
import { buildBundles } from './support/bundles.ts';
import { openDashboard, type TestServer, testServer } from './support/dashboard-page.ts';
import { shown, textOf } from './support/picture.ts';

const handlers = `
${delegatingHandler({
  millis: 10,
  afterwards: `phase('decide', () => {
    kept = Array.from({ length: 60_000 }, (_, at) => ({ at, text: 'x'.repeat(at % 50) + at }));
  });`,
})}
let kept = [];
`;

const config = `
export default {
  handlers: [
    { name: 'Delegates', kind: 'query', module: './handlers.mjs', export: 'delegates' },
  ],
};
`;

let browser: Browser;
let bundles: TemporaryFolder;
let database: TestDatabase;
let running: TestServer;
let client: ServerClient;
let run: string;

before(async () => {
  [browser, bundles, database] = await Promise.all([launchBrowser(), buildBundles(), testDatabase()]);
  running = await testServer({ pages: bundles.path, databaseUrl: database.url, events: 0, config });
  await writeFile(path.join(running.workspace, 'handlers.mjs'), handlers);
  await running.server.ready;
  client = createServerClient(running.server);
  ({ id: run } = await client.createRun({ kind: 'profile', handler: 'Delegates', iterations: 30 }));
  for await (const event of client.followRun(run)) {
    if (event.type === 'done') assert.equal(event.run.state, 'succeeded', event.run.error?.message);
  }
});
after(async () => {
  await running[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await browser.close();
  await bundles[Symbol.asyncDispose]();
});

const thread = (page: Page, name: RegExp) => page.getByRole('radio', { name });

async function search(page: Page, text: string): Promise<string> {
  await page.locator('.flame-search input').fill(text);
  const found = page.locator('.flame-found', { hasText: /./ });
  await found.waitFor();
  return await textOf(found);
}

test('a run with worker threads lets each be looked at, by pointer and by keyboard', async () => {
  await using dashboard = await openDashboard(browser, running.server);
  const { page, faults } = dashboard;
  await page.goto(`${running.server.url}/#run=${run}`);
  await page.locator('.flame[data-still="true"]').waitFor();
  assert.match(await textOf(page.locator('.thread-switch')), /main thread \d.*% CPU.*helper.* \d.*% CPU/);
  assert.ok(await thread(page, /main thread/).isChecked());
  assert.match(await search(page, 'workerBurns'), /no match/i);
  await thread(page, /helper/).check({ force: true });
  await page.locator('.flame-found', { hasText: /[1-9]\d* match/ }).waitFor();
  await page.getByRole('button', { name: 'Save …' }).click();
  const files = await page.locator('.save-menu:popover-open li').allInnerTexts();
  assert.match(files[0] ?? '', /^profile\.cpuprofile\s*The main thread as it was recorded/);
  assert.match(files[1] ?? '', /^profile\.worker-1\.cpuprofile\s*The thread helper.* as it was recorded/);
  assert.equal(files.length, 2);
  await page.keyboard.press('Escape');
  await thread(page, /helper/).focus();
  await page.keyboard.press('ArrowLeft');
  await page.locator('.flame-found', { hasText: /no match/i }).waitFor();
  assert.ok(await thread(page, /main thread/).evaluate((input) => input === document.activeElement));
  assert.deepEqual(faults, []);
});

test('a thread that cannot be fetched is told, and the picture stays', async () => {
  await using dashboard = await openDashboard(browser, running.server);
  const { page } = dashboard;
  await page.goto(`${running.server.url}/#run=${run}`);
  await page.locator('.flame[data-still="true"]').waitFor();
  await page.route('**/profile.worker-1.espp', (route) => route.abort());
  await thread(page, /helper/).check({ force: true });
  await page.locator('.threads-head .notice').waitFor();
  assert.ok(await page.locator('.flame').isVisible());
  await thread(page, /main thread/).check({ force: true });
  await page.locator('.threads-head .notice').waitFor({ state: 'detached' });
});

test('pauses of the garbage collector stand on the axis of time, with kind, duration, phase and operation', async () => {
  const [bytes, file] = await Promise.all([client.profile(run), client.artifact(run, GC_PAUSES_FILE)]);
  const { pauses }: { pauses: PlacedPause[] } = JSON.parse(new TextDecoder().decode(file));
  const shortest = pauses.toSorted((a, b) => a.durationMicros - b.durationMicros)[0];
  assert.ok(shortest);
  await using dashboard = await openDashboard(browser, running.server);
  const { page, faults } = dashboard;
  await page.goto(`${running.server.url}/#run=${run}`);
  await page.locator('.flame[data-still="true"]').waitFor();
  await page.keyboard.press('g');
  await page
    .getByText(/axis of the time order: press 3/)
    .first()
    .waitFor();
  await page.keyboard.press('3');
  await page.locator('.flame[data-view="time-order"][data-still="true"]').waitFor();
  const { start, span } = await shown(page);
  const axis = await page.locator('.flame-ruler').boundingBox();
  assert.ok(axis);
  const at = shortest.startMicros + (decodeProfile(bytes).operations.start[0] ?? 0) - start;
  await page.mouse.move(axis.x + ((at + shortest.durationMicros / 2) / span) * axis.width, axis.y + 22);
  const tooltip = page.locator('.flame-tooltip:not([hidden])');
  assert.match(await textOf(tooltip), /garbage collection.*(pause|together)[\d.]+ ms/is);
  await page.mouse.down();
  await page.mouse.up();
  await page.waitForFunction(
    (before) => Number(document.querySelector<HTMLElement>('.flame')?.dataset['span']) < before,
    span,
  );
  await page.keyboard.press('0');
  await page.keyboard.press('g');
  await page
    .getByText(
      /Pause \d+ of \d+: .*arbage collection.* ms, (phase \w+, operation \d+ of 30|between operations)/,
    )
    .first()
    .waitFor();
  assert.deepEqual(faults, []);
});
