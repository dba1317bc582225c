import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../host/browser.ts';
import type { TemporaryFolder } from '../host/temporary-folder.ts';
import { buildBundles } from './support/bundles.ts';
import { libraryProfile } from './support/library-profile.ts';
import { openPanel, type PanelPage } from './support/panel-page.ts';
import { boxesOf, pointIn, textOf } from './support/picture.ts';
import { sampleProfile } from './support/sample-profile.ts';

const helper = 'profile.worker-1.espp';
const threads = [{ name: 'helper (worker 3)', profile: helper, samples: 100, busySamples: 24 }];
const burns = { name: 'workerBurns', file: 'file:///w/worker.ts', line: 3 };
const worker = sampleProfile([{ stack: [burns], micros: 9_000, operation: 0 }]);

let browser: Browser;
let bundles: TemporaryFolder;

before(async () => {
  [browser, bundles] = await Promise.all([launchBrowser(), buildBundles()]);
});
after(async () => {
  await browser.close();
  await bundles[Symbol.asyncDispose]();
});

const thread = (page: Page, name: RegExp) => page.getByRole('radio', { name });

async function asked({ page, posted }: PanelPage): Promise<void> {
  for (;;) {
    if ((await posted()).some((message) => message.type === 'show-thread' && message.thread === helper))
      return;
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}

async function search(page: Page, text: string, found: RegExp): Promise<void> {
  await page.locator('.flame-search input').fill(text);
  await page.locator('.flame-found', { hasText: found }).waitFor();
}

test('the panel lets each thread of a run be looked at, and frames are named with their thread', async () => {
  await using panel = await openPanel(browser, bundles.path);
  const { page } = panel;
  await panel.show(libraryProfile(), { threads });
  assert.match(
    await textOf(page.locator('.thread-switch')),
    /main thread \d.*% CPU.*helper.* 24\.0 % CPU% CPU: of the samples of a thread/,
  );
  await search(page, 'workerBurns', /no match/i);
  await thread(page, /helper/).check({ force: true });
  await asked(panel);
  await panel.sendThread(helper, worker);
  await page.locator('.flame-found', { hasText: /[1-9]\d* match/ }).waitFor();
  const point = await pointIn(page, boxesOf(worker, 'phases')('workerBurns'));
  await page.keyboard.down('Control');
  await page.mouse.click(point.x, point.y);
  await page.keyboard.up('Control');
  const opened = (await panel.posted()).find(({ type }) => type === 'open-source');
  assert.ok(opened?.type === 'open-source' && opened.thread === helper);
  assert.equal(worker.strings[worker.frames.name[opened.frame] ?? 0], 'workerBurns');
  await thread(page, /main thread/).check({ force: true });
  await page.locator('.flame-found', { hasText: /no match/i }).waitFor();
  const stage = await page.locator('.flame-details').boundingBox();
  assert.ok(stage !== null && stage.y + stage.height <= 800, 'nothing of the picture is cut off');
  assert.deepEqual(await panel.faults(), []);
});

test('a panel that is shown again shows the thread that it showed', async () => {
  await using panel = await openPanel(browser, bundles.path);
  const { page } = panel;
  await panel.show(libraryProfile(), { threads });
  await thread(page, /helper/).check({ force: true });
  await asked(panel);
  await panel.sendThread(helper, worker);
  await page.getByText('Shows the thread helper').first().waitFor();
  await panel.reload();
  await panel.show(libraryProfile(), { threads });
  await asked(panel);
  assert.ok(await thread(page, /helper/).isChecked());
  await panel.sendThread(helper, worker);
  await page.getByText('Shows the thread helper').first().waitFor();
});

test('a thread that cannot be read is told, and the picture stays', async () => {
  await using panel = await openPanel(browser, bundles.path);
  const { page } = panel;
  await panel.show(libraryProfile(), { threads });
  await thread(page, /helper/).check({ force: true });
  await asked(panel);
  await panel.post({ type: 'no-thread', thread: helper, message: 'The file is gone.' });
  await page.getByText('The file is gone.').waitFor();
  assert.ok(await page.locator('.flame').isVisible());
  await thread(page, /main thread/).check({ force: true });
  await page.getByText('The file is gone.').waitFor({ state: 'detached' });
});

test('a run without other threads has no switch', async () => {
  await using panel = await openPanel(browser, bundles.path);
  await panel.show(libraryProfile(), {});
  assert.equal(await panel.page.locator('.thread-switch').isVisible(), false);
});
