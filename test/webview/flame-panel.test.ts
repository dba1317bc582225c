import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { PHASES } from '../../server/protocol/phase.ts';
import { phaseColour } from '../../webview/colour/phase-colour.ts';
import { launchBrowser } from '../host/browser.ts';
import type { TemporaryFolder } from '../host/temporary-folder.ts';
import { buildBundles } from './support/bundles.ts';
import { libraryProfile } from './support/library-profile.ts';
import { openPanel, type PanelPage } from './support/panel-page.ts';
import {
  boxesOf,
  minimapPixelAt,
  paintedPixels,
  pixelAt,
  pointIn,
  shown,
  textOf,
} from './support/picture.ts';
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

const panelWith = (options?: BrowserContextOptions) => openPanel(browser, bundles.path, options);

/** A panel with the profile of a run, and no fault at the end of what is done with it. */
async function withPanel(
  use: (panel: PanelPage) => Promise<void>,
  options?: BrowserContextOptions,
): Promise<void> {
  await using panel = await panelWith(options);
  await panel.show(profile, { eventsReadPerOperation: 812.4, eventsAppendedPerOperation: 1 });
  await panel.still();
  await use(panel);
  assert.deepEqual(await panel.faults(), []);
}

describe('the panel', () => {
  test('draws a profile and tells how many boxes and how long it took', async () => {
    await using panel = await panelWith();
    const drawn = await panel.show(profile);
    assert.ok(drawn.boxes > 20, `${drawn.boxes} boxes`);
    assert.ok(drawn.milliseconds > 0);
    assert.ok((await paintedPixels(panel.page)) > 50_000);
    assert.deepEqual(await panel.faults(), []);
  });

  test('paints a phase in its colour', async () => {
    await withPanel(async ({ page }) => {
      const point = await pointIn(page, boxNamed('sql_execute'), 0.9);
      const wanted = phaseColour(PHASES.indexOf('sql_execute'), 'light').map((channel) =>
        Math.round(channel * 255),
      );
      assert.deepEqual(await pixelAt(page, point), wanted);
    });
  });

  test('hatches the time in which the handler waited', async () => {
    await withPanel(async ({ page }) => {
      const colours = new Set<string>();
      for (let share = 0.6; share < 0.65; share += 0.002) {
        colours.add(
          String(await pixelAt(page, await pointIn(page, boxNamed('waiting for PostgreSQL'), share))),
        );
      }
      assert.ok(colours.size > 1, 'one colour only');
    });
  });

  test('sums up the run above the picture', async () => {
    await withPanel(async ({ page }) => {
      const summary = await textOf(page.locator('.flame-summary'));
      assert.match(summary, /BooksInCirculation/);
      assert.match(summary, /10 operations/);
      assert.match(summary, /152 samples, every 0\.\d+ ms/);
      assert.match(summary, /median 7\.\d+ ms \(6\.\d+–8\.\d+\) per operation/);
      assert.match(summary, /812\.4 events read, 1 appended per operation/);
    });
  });

  test('tells what measuring has cost, sampling and phases each by itself', async () => {
    await using panel = await panelWith();
    const costOfMeasuring = {
      share: 0.031,
      shareRange: { least: 0.022, most: 0.045 },
      samplingShare: 0.02,
      samplingRange: { least: 0.012, most: 0.03 },
      phasesShare: 0.011,
      phasesRange: { least: 0.01, most: 0.015 },
    };
    await panel.show(profile, { costOfMeasuring });
    const summary = await textOf(panel.page.locator('.flame-summary'));
    assert.match(
      summary,
      /cost of measuring about 2\.2–4\.5 % of the operations \(sampling 1\.2–3\.0 %, phases 1\.0–1\.5 %; estimated\)/,
    );
    await panel.page.setViewportSize({ width: 420, height: 700 });
    const reach = await panel.page.evaluate(() => {
      const ends = [...document.querySelectorAll('.flame-figure')].map(
        (figure) => figure.getBoundingClientRect().right,
      );
      return { end: Math.max(...ends), width: document.documentElement.clientWidth };
    });
    assert.ok(reach.end <= reach.width, `figures reach to ${reach.end} of ${reach.width} pixels`);
    await panel.show(profile, { costOfMeasuring: { share: 0.5 } });
    const older = await textOf(panel.page.locator('.flame-summary'));
    assert.match(older, /cost of measuring about 50\.0 % of the operations(?! \()/);
    assert.deepEqual(await panel.faults(), []);
  });

  test('shows time in which no sample fell as a box that says so', async () => {
    const between = sampleProfile([
      { stack: ['run'], micros: 900, operation: 0, phase: 'project' },
      { stack: [], micros: 600, operation: 0, phase: 'sql_build' },
    ]);
    await using panel = await panelWith();
    await panel.show(between);
    await panel.still();
    const { page } = panel;
    for (const [key, view] of [
      ['1', 'phases'],
      ['2', 'left-heavy'],
      ['3', 'time-order'],
    ] as const) {
      await page.keyboard.press(key);
      await panel.still();
      const point = await pointIn(page, boxesOf(between, view)('between samples'), 0.8);
      assert.notDeepEqual(await pixelAt(page, point), [255, 255, 255], view);
      await page.mouse.move(point.x, point.y);
      const tooltip = await textOf(page.locator('.flame-tooltip'));
      assert.match(tooltip, /^between samples.*no sample fell into them/, view);
      assert.doesNotMatch(tooltip, /self/);
    }
    assert.deepEqual(await panel.faults(), []);
  });

  test('draws sharply on a screen of high resolution', async () => {
    await withPanel(
      async ({ page }) => {
        const size = await page.locator('.flame-canvas').evaluate((canvas) => {
          const { width, clientWidth } = canvas as HTMLCanvasElement;
          return { width, clientWidth };
        });
        assert.equal(size.width, size.clientWidth * 2);
        const point = await pointIn(page, boxNamed('project'), 0.9);
        assert.notDeepEqual(await pixelAt(page, point), [255, 255, 255]);
      },
      { deviceScaleFactor: 2 },
    );
  });

  test('fits into a narrow column', async () => {
    await withPanel(
      async ({ page }) => {
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.equal(width, 480);
        assert.ok((await paintedPixels(page)) > 20_000);
      },
      { viewport: { width: 480, height: 800 } },
    );
  });

  test('follows a change of the theme at once', async () => {
    await withPanel(async ({ page, still }) => {
      const empty = async () => {
        const area = await page.locator('.flame-canvas').boundingBox();
        return await pixelAt(page, { x: 600, y: (area?.y ?? 0) + (area?.height ?? 0) - 5 });
      };
      assert.deepEqual(await empty(), [255, 255, 255]);
      await page.evaluate(() => {
        document.documentElement.style.setProperty('--vscode-editor-background', '#112233');
        document.body.className = 'vscode-dark';
      });
      await still();
      assert.deepEqual(await empty(), [0x11, 0x22, 0x33]);
      const wanted = phaseColour(PHASES.indexOf('project'), 'dark').map((channel) =>
        Math.round(channel * 255),
      );
      assert.deepEqual(await pixelAt(page, await pointIn(page, boxNamed('project'), 0.98)), wanted);
    });
  });

  test('shows a sentence in place of bytes that are no profile, and reports it', async () => {
    await using panel = await panelWith();
    await panel.page.evaluate(() => {
      window.postMessage({ type: 'profile', title: 'x', profile: new Uint8Array(100).buffer }, '*');
    });
    await panel.page.getByRole('alert').waitFor();
    assert.match(await textOf(panel.page.getByRole('alert')), /not a readable profile/);
    assert.ok((await panel.posted()).some(({ type }) => type === 'error'));
    const drawn = await panel.show(profile);
    assert.ok(drawn.boxes > 20, 'a good profile is drawn afterwards');
    assert.deepEqual(await panel.faults(), []);
  });

  test('is not confused by messages of others', async () => {
    await withPanel(async ({ page, post }) => {
      await post({ type: 'profile' });
      await post('text');
      await post(null);
      assert.equal(await page.locator('.flame').isVisible(), true);
    });
  });
});

describe('the pointer', () => {
  test('zooms with the wheel at the place where it is', async () => {
    await withPanel(async ({ page, still }) => {
      const point = await pointIn(page, boxNamed('project'));
      const area = await page.locator('.flame-content').boundingBox();
      const share = (point.x - (area?.x ?? 0)) / (area?.width ?? 1);
      const before = await shown(page);
      await page.mouse.move(point.x, point.y);
      await page.mouse.wheel(0, -400);
      await still();
      const later = await shown(page);
      const place = (zoomed: { start: number; span: number }) => zoomed.start + share * zoomed.span;
      assert.ok(Math.abs(place(before) - place(later)) < before.total / 1000);
    });
  });

  test('zooms to a box by a double click, and Escape leads back', async () => {
    await withPanel(async ({ page, still }) => {
      const box = boxNamed('unmarshal');
      const point = await pointIn(page, box);
      await page.mouse.dblclick(point.x, point.y);
      await still();
      const zoomed = await shown(page);
      assert.ok(Math.abs(zoomed.start - box.start) < 1 && Math.abs(zoomed.span - box.total) < 1);
      await page.keyboard.press('Escape');
      await still();
      const whole = await shown(page);
      assert.equal(whole.span, whole.total);
    });
  });

  test('pans by dragging, and a drag is no click', async () => {
    await withPanel(async ({ page, still }) => {
      const box = boxNamed('unmarshal');
      const point = await pointIn(page, box);
      await page.mouse.dblclick(point.x, point.y);
      await still();
      const before = await shown(page);
      const name = await page.locator('.flame-focus').getAttribute('data-name');
      await page.mouse.move(640, point.y);
      await page.mouse.down();
      await page.mouse.move(440, point.y, { steps: 4 });
      await page.mouse.up();
      await still();
      const later = await shown(page);
      assert.ok(later.start > before.start && Math.abs(later.span - before.span) < 1e-6);
      assert.equal(await page.locator('.flame-focus').getAttribute('data-name'), name);
    });
  });

  test('shows what it is on, and the tooltip stays on the screen', async () => {
    await withPanel(async ({ page }) => {
      const point = await pointIn(page, boxNamed('titleOf'), 0.99);
      await page.mouse.move(point.x, point.y);
      const tooltip = page.locator('.flame-tooltip');
      await tooltip.waitFor();
      const text = await textOf(tooltip);
      assert.match(text, /titleOf/);
      assert.match(text, /library\/books-in-circulation\.ts:91/);
      assert.match(text, /total[\s\S]*ms, \d+\.\d % of operations/);
      assert.match(text, /ms per operation/);
      assert.match(text, /phase\s*project/);
      assert.match(text, /handler\s*BooksInCirculation/);
      assert.match(text, /10 samples/);
      for (const share of [0.001, 0.5, 0.999]) {
        const at = await pointIn(page, boxNamed('everything recorded'), share);
        await page.mouse.move(at.x, at.y);
        const place = await tooltip.boundingBox();
        assert.ok(place !== null && place.x >= 0 && place.x + place.width <= 1280);
      }
      await page.mouse.move(5, 5);
      await tooltip.waitFor({ state: 'hidden' });
    });
  });

  test('opens the source with Control and a click', async () => {
    await withPanel(async ({ page, posted }) => {
      const point = await pointIn(page, boxNamed('titleOf'));
      await page.keyboard.down('Control');
      await page.mouse.click(point.x, point.y);
      await page.keyboard.up('Control');
      const message = (await posted()).find(({ type }) => type === 'open-source');
      assert.ok(message?.type === 'open-source');
      assert.equal(profile.strings[profile.frames.name[message.frame] ?? 0], 'titleOf');
    });
  });

  test('can click the focused box itself', async () => {
    await withPanel(async ({ page, posted }) => {
      const point = await pointIn(page, boxNamed('titleOf'));
      await page.mouse.click(point.x, point.y);
      const focus = page.locator('.flame-focus[data-name="titleOf"]');
      await focus.click({ modifiers: ['Control'] });
      assert.ok((await posted()).some(({ type }) => type === 'open-source'));
    });
  });

  test('moves the picture by the minimap, whose frame shows where it is', async () => {
    await withPanel(async ({ page, still }) => {
      const point = await pointIn(page, boxNamed('filter_build'));
      await page.mouse.dblclick(point.x, point.y);
      await still();
      const map = await page.locator('.flame-minimap').boundingBox();
      await page.mouse.click((map?.x ?? 0) + (map?.width ?? 0) * 0.75, (map?.y ?? 0) + 10);
      await still();
      const { start, span, total } = await shown(page);
      assert.ok(Math.abs(start + span / 2 - total * 0.75) < total / 500);
      const frame = await page.locator('.flame-minimap-frame').boundingBox();
      assert.ok(Math.abs((frame?.x ?? 0) - (map?.x ?? 0) - ((map?.width ?? 0) * start) / total) < 3);
    });
  });
});

describe('the legend', () => {
  test('lists the phases that occur with share and time', async () => {
    await withPanel(async ({ page }) => {
      const names = await page.locator('.flame-switch-name').allTextContents();
      assert.deepEqual(names, [
        ...[
          'filter_build',
          'sql_build',
          'connection_acquire',
          'sql_execute',
          'row_decode',
          'unmarshal',
          'project',
        ],
        ...['unattributed', 'outside'],
      ]);
      assert.match(
        await textOf(page.locator('.flame-switch', { hasText: 'sql_execute' })),
        /39\.\d %\s*30\.\d ms/,
      );
    });
  });

  test('tells of a phase how much of it was waiting', async () => {
    await withPanel(async ({ page }) => {
      const entry = page.locator('.flame-switch', { hasText: 'sql_execute' });
      assert.match(await textOf(entry), /\(of that 93\.5 % waiting\)$/);
      assert.match((await entry.getAttribute('title')) ?? '', /the rest is work of the process itself/);
      const [segment, hatched] = await Promise.all([
        page.locator(`.flame-segment[data-phase="${PHASES.indexOf('sql_execute')}"]`).boundingBox(),
        page.locator('.flame-segment-waiting').nth(1).boundingBox(),
      ]);
      const share = (hatched?.width ?? 0) / (segment?.width ?? 1);
      assert.ok(Math.abs(share - 0.935) < 0.01, `${share}`);
      assert.doesNotMatch(await textOf(page.locator('.flame-switch', { hasText: 'project' })), /waiting/);
    });
  });

  test('sets a phase back and brings it forth again', async () => {
    await withPanel(async ({ page, still }) => {
      const point = await pointIn(page, boxNamed('project'), 0.98);
      const plain = await pixelAt(page, point);
      const inMinimap = await minimapPixelAt(page, point.x);
      const toggle = page.getByRole('button', { name: /^project/ });
      await toggle.click();
      await still();
      assert.equal(await toggle.getAttribute('aria-pressed'), 'false');
      const faded = await pixelAt(page, point);
      assert.notDeepEqual(await minimapPixelAt(page, point.x), inMinimap, 'also in the minimap');
      assert.ok(Math.min(...faded) > Math.min(...plain) + 40, `${plain} ${faded}`);
      await toggle.click();
      await still();
      assert.deepEqual(await pixelAt(page, point), plain);
    });
  });
});
