import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { RUNS_FOLDER } from '../../../server/protocol/run-files.ts';
import { takeImage } from './images.ts';
import { journeyFolder } from './journey-folder.ts';
import { profilerProcesses, untilGone } from './profiler-processes.ts';
import { stepsOf } from './steps.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

/** The main road, as a person goes it: from the command palette to a line of the handler's source. */
describe('a person', { timeout: 900_000 }, () => {
  it('profiles a handler, from the palette to the line of its source', async (test) => {
    await using folder = await journeyFolder();
    await using opened = await openWorkbench(folder.path);
    const { workbench, violations } = opened;
    const step = stepsOf(test, (sentence) => takeImage(workbench.page, `failure of ${sentence}`));
    await step('picks BooksInCirculation in the palette and sees the flame graph', () => profile(workbench));
    await step('finds the frames of project by search', () => searchProject(workbench));
    await step('opens the line of project in its source by Ctrl+click', () => openSource(workbench));
    await step('cancels a run, and the process that executed it ends', () => cancel(workbench, folder.path));
    await step('finds the flame graph again, where it was, when the window is reloaded', () =>
      reload(workbench),
    );
    await step('looks at it in a dark, a light and a high contrast theme', () => changeThemes(workbench));
    await step("opens the profile with VS Code's own viewer", () => openInViewer(workbench, folder.path));
    await step('has the handler looked at by Clinic Doctor, and reads what it says', () =>
      askDoctor(workbench),
    );
    await step('opens the page in a browser, with no token in its address', () => openInBrowser(workbench));
    await step('closes the last window, and no server stays behind', () => close(workbench, folder.path));
    assert.deepEqual(violations, [], 'no page broke its content security policy');
  });
});

async function profile(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await workbench.run('Event Store Profiler: Profile Handler…');
  await workbench.quickPick('BooksInCirculation').click();
  await workbench.quickPick('V8 CPU').click();
  const iterations = await workbench.inputBox('How many times');
  assert.equal(await iterations.inputValue(), '50');
  await iterations.press('Enter');
  const toast = workbench.toast('Profiling BooksInCirculation');
  await toast.hover();
  await toast.getByRole('button', { name: 'Cancel' }).waitFor();
  await toast.filter({ hasText: /[1-9]\d of \d+/ }).waitFor();
  await workbench.status('Profiling BooksInCirculation').waitFor();
  await takeImage(page, 'progress');
  await workbench.panel.locator('.flame canvas').first().waitFor();
  await toast.waitFor({ state: 'detached' });
  assert.match((await workbench.activeTab.textContent()) ?? '', /BooksInCirculation: flame graph/);
  await workbench.status(/the server is ready/).waitFor();
}

async function searchProject(workbench: Workbench): Promise<void> {
  const { panel } = workbench;
  await panel.locator('.flame-search input').fill('project');
  await panel.locator('.flame-found', { hasText: /[1-9]/ }).waitFor();
  // A phase has the same name.
  await focusMatch(workbench, '[data-name="project"][aria-label*="project.ts"]');
  const spoken = await panel.locator('.flame-focus').getAttribute('aria-label');
  assert.match(
    spoken ?? '',
    /^project, total .* ms, .* self .* ms, .*library\/books-in-circulation\/project\.ts:\d+$/,
  );
}

async function openSource({ page, panel, activeTab }: Workbench): Promise<void> {
  await panel.locator('.flame-focus').click({ modifiers: ['ControlOrMeta'] });
  await activeTab.filter({ hasText: 'project.ts' }).waitFor();
  // An editor begins at its first line.
  const place = page.locator('#status\\.editor\\.selection', { hasText: /Ln (?!1,)\d+/ });
  const line = Number(/Ln (\d+)/.exec((await place.textContent()) ?? '')?.[1]);
  const source = await readFile(join(journeyRoot, 'server/library/books-in-circulation/project.ts'), 'utf8');
  assert.match(source.split('\n')[line - 1] ?? '', /\bproject\b/);
  assert.equal(
    await page.locator('.editor-group-container').count(),
    2,
    'the source stands beside the flame graph',
  );
}

async function cancel(workbench: Workbench, folder: string): Promise<void> {
  await workbench.run('Event Store Profiler: Profile Handler…');
  await workbench.quickPick('BooksInCirculation').click();
  await workbench.quickPick('V8 CPU').click();
  const iterations = await workbench.inputBox('How many times');
  await iterations.fill('100000');
  await iterations.press('Enter');
  const toast = workbench.toast('Profiling BooksInCirculation');
  await toast.filter({ hasText: /\d+ of \d+/ }).waitFor();
  const runners = [...(await profilerProcesses(folder))].filter(([, args]) => args.includes('runner.js'));
  assert.equal(runners.length, 1);
  await toast.hover();
  await toast.getByRole('button', { name: 'Cancel' }).click();
  const cancelled = performance.now();
  await toast.waitFor({ state: 'detached' });
  await untilGone(runners.map(([pid]) => pid));
  // A run of this many iterations takes hours.
  assert.ok(performance.now() - cancelled < 15_000, `took ${performance.now() - cancelled} ms`);
}

async function reload({ page, panel }: Workbench): Promise<void> {
  // In a browser VS Code writes its state every five seconds, and what is younger does not survive a reload.
  while ((await page.evaluate(isStored)) !== true) await pause(100);
  await page.reload({ waitUntil: 'commit' });
  await panel.locator('.flame canvas').first().waitFor();
  await panel.locator('.flame-found', { hasText: /[1-9]/ }).waitFor();
  // The control shows its text a moment after it was given it, and does not tell when.
  while ((await panel.locator('.flame-search input').inputValue()) !== 'project') await pause(50);
}

/** Whether the workbench's own storage holds the search in the flame graph and the open source. Runs in the page. */
const isStored = `(async () => {
  const wanted = [/search[^a-z]+project/, /editorpart\\.state.*project\\.ts/s];
  const ask = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  for (const { name } of await indexedDB.databases()) {
    const database = await ask(indexedDB.open(name));
    try {
      for (const store of database.objectStoreNames) {
        const values = await ask(database.transaction(store).objectStore(store).getAll());
        const isThere = (pattern) => values.some((value) => pattern.test(String(value)));
        if (wanted.every(isThere)) return true;
      }
    } finally {
      database.close();
    }
  }
  return false;
})()`;

async function changeThemes(workbench: Workbench): Promise<void> {
  const { page, panel } = workbench;
  await page.locator('.tab', { hasText: 'project.ts' }).locator('[class*=codicon-close]').click();
  await workbench.run('View: Close Primary Side Bar');
  await workbench.run('Event Store Profiler: Start Server');
  await workbench.status(/the server is ready/).waitFor();
  await focusMatch(workbench, '[data-name="project"][aria-level="3"]');
  await panel.locator('.flame-search input').fill('');
  for (const [name, theme, kind] of THEMES) {
    await workbench.set({ 'workbench.colorTheme': theme });
    await panel.locator(`body.${kind} .flame[data-still="true"]`).waitFor();
    await takeImage(page, name);
  }
}

/** The table of the built-in extension "Table Visualizer for JavaScript Profiles". */
async function openInViewer(workbench: Workbench, folder: string): Promise<void> {
  const runs = join(folder, RUNS_FOLDER);
  const profiles = (await readdir(runs, { recursive: true })).filter((file) => file.endsWith('.cpuprofile'));
  await workbench.openFile(join(runs, profiles[0] ?? ''));
  await workbench.activeTab.filter({ hasText: 'profile.cpuprofile' }).waitFor();
  await workbench.panel
    .getByText(/^project$/)
    .first()
    .waitFor();
}

async function askDoctor(workbench: Workbench): Promise<void> {
  await workbench.run('Event Store Profiler: Profile Handler…');
  await workbench.quickPick('BooksInCirculation').click();
  await workbench.quickPick('V8 CPU').getByText('used last').waitFor();
  await workbench.quickPick('Clinic Doctor').click();
  const iterations = await workbench.inputBox('How many times');
  await iterations.fill('5');
  await iterations.press('Enter');
  const toast = workbench.toast(/Clinic Doctor: /);
  await toast.waitFor({ timeout: 120_000 });
  await toast.hover();
  await toast.getByRole('button', { name: 'Show File' }).click();
  await workbench.page
    .locator('.explorer-viewlet .monaco-list-row.focused', { hasText: 'clinic-doctor.html' })
    .waitFor();
  await workbench.run('View: Close Primary Side Bar');
}

async function openInBrowser(workbench: Workbench): Promise<void> {
  const opened = workbench.page.waitForEvent('popup');
  await workbench.run('Event Store Profiler: Open in Browser');
  const page = await opened;
  assert.doesNotMatch(page.url(), /token/);
  // This host leads every port through a proxy that only its packager's own server has.
  const [, port, path] = /\/proxy\/(\d+)(\/.*)$/.exec(page.url()) ?? [];
  assert.ok(port, page.url());
  await page.goto(`http://127.0.0.1:${port}${path}`);
  await page.getByText('BooksInCirculation').first().waitFor({ state: 'attached' });
  await page.close();
}

async function close(workbench: Workbench, folder: string): Promise<void> {
  const processes = await profilerProcesses(folder);
  assert.ok(processes.size > 1);
  await workbench.page.goto('about:blank');
  await untilGone(processes.keys());
}

const THEMES = [
  ['light', 'Default Light Modern', 'vscode-light'],
  ['high-contrast', 'Default High Contrast', 'vscode-high-contrast'],
  ['dark', 'Default Dark Modern', 'vscode-dark'],
] as const;
const journeyRoot = join(import.meta.dirname, '../../..');

/** Steps from match to match of the search until one of this kind has the focus. */
async function focusMatch({ panel }: Workbench, kind: string): Promise<void> {
  const wanted = panel.locator(`.flame-focus${kind}`);
  const found = (await panel.locator('.flame-found', { hasText: /[1-9]/ }).textContent()) ?? '';
  const matches = Number(/([\d,]+) match/.exec(found)?.[1]?.replaceAll(',', ''));
  assert.ok(matches > 0, found);
  for (let step = 0; step < matches && (await wanted.count()) === 0; step += 1) {
    await panel.locator('.flame-search input').press('Enter');
  }
  assert.equal(await wanted.count(), 1, `no match is a ${kind}`);
}
