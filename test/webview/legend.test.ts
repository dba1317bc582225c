import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../host/browser.ts';
import type { TemporaryFolder } from '../host/temporary-folder.ts';
import { buildBundles } from './support/bundles.ts';
import { libraryProfile } from './support/library-profile.ts';
import { openPanel } from './support/panel-page.ts';
import { textOf } from './support/picture.ts';
import { sampleProfile } from './support/sample-profile.ts';

let browser: Browser;
let bundles: TemporaryFolder;

before(async () => {
  [browser, bundles] = await Promise.all([launchBrowser(), buildBundles()]);
});
after(async () => {
  await browser.close();
  await bundles[Symbol.asyncDispose]();
});

test('in every view the legend says what its shares are of, and they add up to that', async () => {
  await using panel = await openPanel(browser, bundles.path);
  const { page } = panel;
  await panel.show(libraryProfile());
  for (const key of ['1', '2', '3']) {
    await page.keyboard.press(key);
    await panel.still();
    const shares = await page.locator('.flame-switch-share').allInnerTexts();
    const inside = shares.filter((text) => !text.includes('of the recording'));
    const sum = inside.reduce((all, text) => all + Number.parseFloat(text), 0);
    assert.ok(inside.length > 3 && Math.abs(sum - 100) < inside.length * 0.05, `${inside}: ${sum}`);
    assert.match(
      await textOf(page.locator('.flame-legend-whole')),
      /^Shares are of the wall time of all operations, [\d.,]+ ms together\.$/,
    );
  }
});

test('a profile without operations has no legend of phases', async () => {
  await using panel = await openPanel(browser, bundles.path);
  await panel.show(sampleProfile([{ stack: ['main', 'burn'], micros: 9_000 }]));
  assert.equal(await panel.page.locator('.flame-phases').isVisible(), false);
  assert.doesNotMatch(await textOf(panel.page.locator('.flame-details')), /phases/);
});
