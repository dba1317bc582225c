import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../host/browser.ts';
import type { TemporaryFolder } from '../host/temporary-folder.ts';
import { buildBundles } from './support/bundles.ts';
import { libraryProfile } from './support/library-profile.ts';
import { openPanel, type PanelPage } from './support/panel-page.ts';
import { boxesOf, pixelAt, pointIn, shown, textOf } from './support/picture.ts';
import { sampleProfile } from './support/sample-profile.ts';

const profile = libraryProfile();
const boxNamed = boxesOf(profile, 'phases');

let browser: Browser;
let bundles: TemporaryFolder;

before(async () => {
  [browser, bundles] = await Promise.all([launchBrowser(), buildBundles()]);
});
after(async () => {
  await browser.close();
  await bundles[Symbol.asyncDispose]();
});

async function withPanel(use: (panel: PanelPage) => Promise<void>): Promise<void> {
  await using panel = await openPanel(browser, bundles.path);
  await panel.show(profile);
  await panel.still();
  await use(panel);
  assert.deepEqual(await panel.faults(), []);
}

const focusedName = (page: Page) => page.locator('.flame-focus').getAttribute('data-name');

async function press(panel: PanelPage, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await panel.page.keyboard.press(key);
  await panel.still();
}

describe('the keyboard', () => {
  test('reaches the picture by Tab and moves from box to box', async () => {
    await withPanel(async (panel) => {
      const { page } = panel;
      for (let tab = 0; tab < 40 && !(await page.evaluate(isPictureFocused)); tab++)
        await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(isPictureFocused), true);
      await press(panel, 'ArrowDown', 'ArrowDown');
      assert.equal(await focusedName(page), 'sql_execute');
      await press(panel, 'ArrowRight');
      assert.equal(await focusedName(page), 'row_decode');
      await press(panel, 'ArrowUp');
      assert.equal(await focusedName(page), 'BooksInCirculation');
      assert.equal(await page.evaluate(isPictureFocused), true, 'the focus is never lost');
    });
  });

  test('has the focused box read out with name, total, self and share', async () => {
    await withPanel(async (panel) => {
      await press(panel, 'ArrowDown', 'ArrowDown');
      const focus = panel.page.getByRole('treeitem');
      assert.equal(await focus.count(), 1);
      const label = (await focus.getAttribute('aria-label')) ?? '';
      assert.match(label, /^sql_execute, total [\d.]+ ms, [\d.]+ % of operations$/);
      assert.equal(await focus.getAttribute('aria-level'), '3');
      assert.equal(await panel.page.getByRole('tree').getAttribute('aria-label'), 'phases, 43 boxes');
    });
  });

  test('shows the ring of the focus where the box is', async () => {
    await withPanel(async (panel) => {
      await press(panel, 'ArrowDown', 'ArrowDown', 'ArrowRight');
      const ring = await panel.page.locator('.flame-focus').boundingBox();
      const point = await pointIn(panel.page, boxNamed('row_decode'));
      assert.ok(ring !== null && ring.x < point.x && ring.x + ring.width > point.x);
      assert.ok(ring.y < point.y && ring.y + ring.height > point.y);
    });
  });

  test('zooms to the focused box, in and out, pans, and shows everything again', async () => {
    await withPanel(async (panel) => {
      const { page } = panel;
      await press(panel, 'ArrowDown', 'ArrowDown', 'ArrowRight', 'Enter');
      const box = boxNamed('row_decode');
      const zoomed = await shown(page);
      assert.ok(Math.abs(zoomed.start - box.start) < 1 && Math.abs(zoomed.span - box.total) < 1);
      await press(panel, '+');
      assert.ok((await shown(page)).span < zoomed.span);
      await press(panel, 'd');
      assert.ok((await shown(page)).start > zoomed.start);
      await press(panel, '0');
      const whole = await shown(page);
      assert.equal(whole.span, whole.total);
      await press(panel, 'w', 'w', 's');
      assert.ok((await shown(page)).span < whole.total);
    });
  });

  test('switches views by 1, 2 and 3 and keeps what is focused', async () => {
    await withPanel(async (panel) => {
      const { page } = panel;
      const point = await pointIn(page, boxNamed('titleOf'));
      await page.mouse.click(point.x, point.y);
      for (const [key, view] of [
        ['2', 'left-heavy'],
        ['3', 'time-order'],
        ['1', 'phases'],
      ] as const) {
        await press(panel, key);
        assert.equal((await shown(page)).view, view);
        assert.equal(await focusedName(page), 'titleOf');
        assert.equal(await page.locator(`input[value="${view}"]`).isChecked(), true);
      }
    });
  });

  test('tells the time of its own of a function only', async () => {
    await withPanel(async (panel) => {
      const details = panel.page.locator('.flame-details');
      await press(panel, 'ArrowDown', 'ArrowDown');
      assert.doesNotMatch(await textOf(details), /self/);
      const point = await pointIn(panel.page, boxNamed('titleOf'));
      await panel.page.mouse.click(point.x, point.y);
      assert.match(await textOf(details), /self [\d.]+ ms/);
      assert.match(await textOf(details.locator('.flame-source')), /^library\/books-in-circulation\.ts:91$/);
      await details.getByText('Copy path').click();
      const copied = (await panel.posted()).find(({ type }) => type === 'copy');
      assert.equal(
        copied?.type === 'copy' ? copied.text : '',
        '/home/dev/library/library/books-in-circulation.ts:91',
      );
    });
  });

  test('copies the stack and opens the source', async () => {
    await withPanel(async (panel) => {
      const point = await pointIn(panel.page, boxNamed('titleOf'));
      await panel.page.mouse.click(point.x, point.y);
      await press(panel, 'c', 'o');
      const messages = await panel.posted();
      const copied = messages.find(({ type }) => type === 'copy');
      assert.deepEqual(copied?.type === 'copy' ? copied.text.split('\n') : [], [
        'BooksInCirculation',
        'project',
        'runQuery (/home/dev/library/handling/query-handler.ts:31)',
        'project (/home/dev/library/library/books-in-circulation.ts:58)',
        'titleOf (/home/dev/library/library/books-in-circulation.ts:91)',
      ]);
      assert.ok(messages.some(({ type }) => type === 'open-source'));
    });
  });

  test('is told when there is no source to open', async () => {
    await withPanel(async (panel) => {
      await press(panel, 'ArrowDown', 'o');
      assert.match(await textOf(panel.page.getByRole('status')), /BooksInCirculation has no source/);
      assert.ok(!(await panel.posted()).some(({ type }) => type === 'open-source'));
    });
  });

  test('finds all keys in a dialog, which Escape closes', async () => {
    await withPanel(async (panel) => {
      const { page } = panel;
      await page.keyboard.press('?');
      const dialog = page.getByRole('dialog', { name: 'Keys' });
      await dialog.waitFor();
      assert.match(await textOf(dialog), /Ctrl\+F[\s\S]*Search/);
      await page.keyboard.press('2');
      assert.equal((await shown(page)).view, 'phases', 'keys do not reach the picture behind');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
    });
  });
});

describe('the search', () => {
  test('counts matches, sets the rest back, and is announced', async () => {
    await withPanel(async (panel) => {
      const { page } = panel;
      const other = await pointIn(page, boxNamed('unmarshal'), 0.98);
      const match = await pointIn(page, boxNamed('titleOf'), 0.98);
      const [otherBefore, matchBefore] = [await pixelAt(page, other), await pixelAt(page, match)];
      await page.keyboard.press('/');
      await page.keyboard.type('titleof');
      await panel.still();
      assert.match(await textOf(page.locator('.flame-found')), /^1 match, \d+\.\d % of operations$/);
      assert.match(await textOf(page.getByRole('status')), /^1 match/);
      assert.notDeepEqual(await pixelAt(page, other), otherBefore);
      assert.deepEqual(await pixelAt(page, match), matchBefore);
      await press(panel, 'Escape');
      assert.deepEqual(await pixelAt(page, other), otherBefore);
    });
  });

  test('goes to the next and the previous match and zooms to none', async () => {
    await withPanel(async (panel) => {
      const { page } = panel;
      await page.keyboard.press('Control+f');
      await page.keyboard.type('/^run|^project$/');
      await press(panel, 'Enter', 'Enter');
      await page.locator('.flame-found', { hasText: '2 of 10' }).waitFor();
      assert.match(await textOf(page.locator('.flame-found')), /^2 of 10 matches/);
      assert.equal(await focusedName(page), 'runQuery');
      await press(panel, 'Shift+Enter');
      assert.match(await textOf(page.locator('.flame-found')), /^1 of 10 matches/);
      const { span, total } = await shown(page);
      assert.equal(span, total);
    });
  });

  test('finds files too', async () => {
    await withPanel(async (panel) => {
      await panel.page.keyboard.press('/');
      await panel.page.keyboard.type('parse-library-event.ts');
      await panel.still();
      assert.match(await textOf(panel.page.locator('.flame-found')), /^2 matches/);
    });
  });

  test('says so where nothing is found or the pattern is wrong', async () => {
    await withPanel(async (panel) => {
      await panel.page.keyboard.press('/');
      await panel.page.keyboard.type('nowhere');
      assert.equal(await textOf(panel.page.locator('.flame-found.is-wrong')), 'no match');
      await panel.page.keyboard.press('Control+a');
      await panel.page.keyboard.type('/(/');
      assert.match(await textOf(panel.page.locator('.flame-found.is-wrong')), /Invalid regular expression/);
    });
  });

  test('stays responsive when a pattern would try for ever, and says so', async () => {
    const rows = [{ stack: [`${'a'.repeat(60)}!`], micros: 100, operation: 0, phase: 'project' as const }];
    await using panel = await openPanel(browser, bundles.path);
    await panel.show(sampleProfile(rows));
    const { page } = panel;
    await page.keyboard.press('/');
    await page.keyboard.type('/(a+)+$/');
    await panel.still();
    await page.locator('.flame-found', { hasText: 'searching' }).waitFor();
    await page.locator('.flame-found.is-wrong', { hasText: 'takes too long' }).waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('/^a+!$/');
    await page.locator('.flame-found', { hasText: '1 match' }).waitFor();
    assert.deepEqual(await panel.faults(), []);
  });

  test('keeps the letters of the field from moving the picture', async () => {
    await withPanel(async (panel) => {
      await panel.page.keyboard.press('/');
      await panel.page.keyboard.type('was2d+');
      await panel.still();
      const { view, span, total } = await shown(panel.page);
      assert.deepEqual({ view, span }, { view: 'phases', span: total });
    });
  });
});

function isPictureFocused(): boolean {
  return document.activeElement?.classList.contains('flame-focus') ?? false;
}
