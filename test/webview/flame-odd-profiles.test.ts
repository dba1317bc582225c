import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { launchBrowser } from '../host/browser.ts';
import type { TemporaryFolder } from '../host/temporary-folder.ts';
import { buildBundles } from './support/bundles.ts';
import { libraryProfile } from './support/library-profile.ts';
import { openPanel, type PanelPage } from './support/panel-page.ts';
import { boxesOf, paintedPixels, pointIn, shown, textOf } from './support/picture.ts';
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

async function showing(profile: Profile, use: (panel: PanelPage) => Promise<void>): Promise<void> {
  await using panel = await openPanel(browser, bundles.path);
  await panel.show(profile);
  await panel.still();
  await use(panel);
  assert.deepEqual(await panel.faults(), []);
}

describe('a profile', () => {
  test('without samples is a sentence, and no key does harm', async () => {
    await showing(sampleProfile([]), async ({ page }) => {
      assert.match(await textOf(page.locator('.flame-empty')), /no samples/);
      for (const key of ['ArrowDown', 'Enter', '+', 'd', 'c', 'o', '2', '3', '0', 'Escape']) {
        await page.keyboard.press(key);
      }
      assert.equal(await page.locator('.flame-focus').count(), 0);
    });
  });

  test('without operations shows shares of the recording', async () => {
    const profile = sampleProfile([{ stack: ['boot', 'read'], micros: 1000 }]);
    await showing(profile, async ({ page }) => {
      assert.match(await textOf(page.locator('.flame-summary')), /1\.00 ms recorded/);
      const point = await pointIn(page, boxesOf(profile, 'phases')('read'));
      await page.mouse.click(point.x, point.y);
      assert.match(await textOf(page.locator('.flame-details')), /100 % of the recording/);
      assert.doesNotMatch(await textOf(page.locator('.flame-details')), /per operation|NaN|Infinity/);
    });
  });

  test('of one sample is drawn over the whole width', async () => {
    const profile = sampleProfile([{ stack: ['only'], micros: 5, operation: 0, phase: 'project' }]);
    await showing(profile, async ({ page }) => {
      assert.match(await textOf(page.locator('.flame-summary')), /1 operation[^s]/);
      assert.match(await textOf(page.locator('.flame-summary')), /1 sample(?![s,])/);
      assert.ok((await paintedPixels(page)) > 1200 * 19 * 4 * 0.9);
    });
  });

  test('a hundred calls deep is scrolled to where the focus goes', async () => {
    const stack = Array.from({ length: 100 }, (_, depth) => `level${depth}`);
    await showing(sampleProfile([{ stack, micros: 1000, operation: 0, phase: 'project' }]), async (panel) => {
      const { page, still } = panel;
      for (let down = 0; down < 102; down++) await page.keyboard.press('ArrowDown');
      await still();
      const focus = page.locator('.flame-focus');
      assert.equal(await focus.getAttribute('data-name'), 'level99');
      const [ring, scroller] = [
        await focus.boundingBox(),
        await page.locator('.flame-scroller').boundingBox(),
      ];
      assert.ok(
        ring && scroller && ring.y >= scroller.y && ring.y + ring.height <= scroller.y + scroller.height,
      );
      await page.keyboard.press('PageUp');
      await still();
      assert.ok(((await focus.boundingBox())?.y ?? 0) > ring.y, 'page up scrolls');
    });
  });

  test('with names of markup, of other directions and of any length shows them as text', async () => {
    const names = [
      '<img src=x onerror="window.hacked = true">',
      '\u202Eevil\u202C \u05E9\u05DC\u05D5\u05DD \u0645\u0631\u062D\u0628\u0627',
      '\u{1F469}\u200D\u{1F4BB}\u{1F525}'.repeat(20),
      'x'.repeat(10_000),
      'line\nbreak\tand\u0000zero',
      '',
    ];
    const rows = names.map((name, index) => ({
      stack: [{ name, file: `file:///tmp/<b>${index}</b>.ts`, line: 1 }],
      micros: 1000,
      operation: 0,
      phase: 'project' as const,
    }));
    await showing(sampleProfile(rows, '<script>window.hacked = true</script>'), async (panel) => {
      const { page, still } = panel;
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'Home']) await page.keyboard.press(key);
      for (let box = 0; box < names.length; box++) {
        await still();
        const ring = await page.locator('.flame-focus').boundingBox();
        await page.mouse.move((ring?.x ?? 0) + 20, (ring?.y ?? 0) + 5);
        await page.locator('.flame-tooltip').waitFor();
        const label = (await page.locator('.flame-focus').getAttribute('aria-label')) ?? '';
        assert.ok(label.length < 600, `${label.length} characters are read out`);
        assert.doesNotMatch(label, /[\u202a-\u202e\n]/);
        await page.keyboard.press('ArrowRight');
      }
      assert.equal(await page.locator('.flame img, .flame script, .flame b:not(.flame-figure b)').count(), 0);
      assert.equal(await page.evaluate('window.hacked'), undefined);
      assert.match(await textOf(page.locator('.flame-summary')), /<script>/);
    });
  });

  test('of 20,000 nodes is drawn without leaving one out', async () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => ({
      stack: [`group${at % 20}`, `part${at % 400}`, `leaf${at}`],
      micros: 100,
      operation: 0,
      phase: 'project' as const,
    }));
    await showing(sampleProfile(rows), async ({ page, still }) => {
      const area = await page.locator('.flame-content').boundingBox();
      await page.mouse.move((area?.x ?? 0) + 300, (area?.y ?? 0) + 5.5 * 20);
      await page.locator('.flame-tooltip').waitFor();
      assert.match(
        await textOf(page.locator('.flame-tooltip')),
        /the widest of \d+ boxes too narrow to draw/,
      );
      await page.keyboard.press('/');
      await page.keyboard.type('leaf19999');
      await page.keyboard.press('Enter');
      await still();
      assert.match(await textOf(page.locator('.flame-found')), /^1 of 1 match/);
      assert.equal(await page.locator('.flame-focus').getAttribute('data-name'), 'leaf19999');
    });
  });

  test('can be zoomed into to the limit of precision and not further', async () => {
    await showing(libraryProfile(), async ({ page, still }) => {
      for (let step = 0; step < 60; step++) await page.keyboard.press('+');
      await still();
      const { span, total, boxes } = await shown(page);
      assert.ok(span > 0 && span < total / 1e6, `${span}`);
      assert.ok(boxes > 0);
      for (let step = 0; step < 70; step++) await page.keyboard.press('-');
      await still();
      assert.equal((await shown(page)).span, total);
    });
  });
});

describe('what the user has set', () => {
  test('comes back when the panel is made again', async () => {
    await using panel = await openPanel(browser, bundles.path);
    const profile = libraryProfile();
    await panel.show(profile);
    await panel.page.keyboard.press('3');
    await panel.page.keyboard.press('/');
    await panel.page.keyboard.type('project');
    await panel.page.keyboard.press('Enter');
    for (let step = 0; step < 4; step++) await panel.page.locator('[title="Zoom in (+)"]').click();
    await panel.still();
    const before = await shown(panel.page);
    assert.ok(before.span < before.total);
    await panel.reload();
    await panel.show(profile);
    await panel.still();
    const later = await shown(panel.page);
    assert.deepEqual(later, before);
    assert.equal(await panel.page.locator('.flame-search input').inputValue(), 'project');
    assert.match(await textOf(panel.page.locator('.flame-found')), /match/);
    assert.deepEqual(await panel.faults(), []);
  });

  test('is not carried over to another profile', async () => {
    await using panel = await openPanel(browser, bundles.path);
    await panel.show(libraryProfile());
    await panel.page.keyboard.press('2');
    await panel.still();
    await panel.reload();
    await panel.show(libraryProfile(3));
    await panel.still();
    assert.equal((await shown(panel.page)).view, 'phases');
  });
});
