import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { takeImage } from './images.ts';
import { journeyFolder } from './journey-folder.ts';
import { profilerProcesses, untilGone } from './profiler-processes.ts';
import { type OpenWorkbench, openWorkbench, RUN_PATIENCE, type Workbench } from './workbench.ts';

/** The main road, as a person goes it: from the command palette to a line of the handler's source. */
describe('a person profiles a handler', { timeout: 600_000 }, () => {
  const resources = new AsyncDisposableStack();
  let opened: OpenWorkbench;
  let workbench: Workbench;
  let folder: string;

  before(async () => {
    folder = resources.use(await journeyFolder()).path;
    opened = resources.use(await openWorkbench(folder));
    workbench = opened.workbench;
  });

  after(() => resources.disposeAsync());

  afterEach(async (test) => {
    if ('passed' in test && !test.passed) await takeImage(workbench.page, `failure of ${test.name}`);
  });

  it('picks BooksInCirculation in the palette, watches the progress and sees the flame graph', async () => {
    const { page } = workbench;
    await workbench.run('Event Store Profiler: Profile Handler…');
    await workbench.quickPick('BooksInCirculation').click(RUN_PATIENCE);
    const iterations = await workbench.inputBox('How many times');
    assert.equal(await iterations.inputValue(), '50');
    await iterations.press('Enter');
    const toast = workbench.toast('Profiling BooksInCirculation');
    await toast.hover();
    await toast.getByRole('button', { name: 'Cancel' }).waitFor();
    await toast.filter({ hasText: /\d+ of \d+/ }).waitFor();
    await workbench.status('Profiling BooksInCirculation').waitFor();
    await takeImage(page, 'progress');
    await workbench.panel.locator('.flame canvas').first().waitFor(RUN_PATIENCE);
    await toast.waitFor({ state: 'detached' });
    assert.match((await workbench.activeTab.textContent()) ?? '', /BooksInCirculation: flame graph/);
    await workbench.status(/the server is ready/).waitFor();
  });

  it('finds the frames of project by search', async () => {
    const { panel } = workbench;
    await panel.locator('.flame-search input').fill('project');
    await panel.locator('.flame-found', { hasText: /[1-9]/ }).waitFor();
    await focusFrameOfProject(workbench);
    const spoken = await panel.locator('.flame-focus').getAttribute('aria-label');
    assert.match(
      spoken ?? '',
      /^project, total .* ms, .* self .* ms, .*server\/library\/books-in-circulation\/project\.ts:\d+$/,
    );
  });

  it('opens the line of project in its source by Ctrl+click', async () => {
    const { page, panel } = workbench;
    await panel.locator('.flame-focus').click({ modifiers: ['ControlOrMeta'] });
    await workbench.activeTab.filter({ hasText: 'project.ts' }).waitFor();
    const place = await page.locator('#status\\.editor\\.selection').textContent();
    const line = Number(/Ln (\d+)/.exec(place ?? '')?.[1]);
    const source = await readFile(
      join(journeyRoot, 'server/library/books-in-circulation/project.ts'),
      'utf8',
    );
    assert.match(source.split('\n')[line - 1] ?? '', /\bproject\b/);
    assert.equal(
      await page.locator('.editor-group-container').count(),
      2,
      'the source stands beside the flame graph',
    );
  });

  it('cancels a run from its notification, and the process that executed it ends', async () => {
    await workbench.run('Event Store Profiler: Profile Handler…');
    await workbench.quickPick('BooksInCirculation').click();
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
    assert.ok(performance.now() - cancelled < 3000, `took ${performance.now() - cancelled} ms`);
  });

  it('finds the flame graph again, where it was, when the window is reloaded', async () => {
    const { page, panel } = workbench;
    await page.reload({ waitUntil: 'commit' });
    await panel.locator('.flame canvas').first().waitFor(RUN_PATIENCE);
    await panel.locator('.flame-found', { hasText: /[1-9]/ }).waitFor();
    assert.equal(await panel.locator('.flame-search input').inputValue(), 'project');
  });

  it('looks at home in a dark, a light and a high contrast theme', async () => {
    const { page, panel } = workbench;
    await page.locator('.tab', { hasText: 'project.ts' }).locator('[class*=codicon-close]').click();
    await workbench.run('View: Close Primary Side Bar');
    // The first match is the phase of that name.
    await panel.locator('.flame-search input').press('Enter');
    await panel.locator('.flame-focus[data-name="project"][aria-level="3"]').waitFor();
    await panel.locator('.flame-search input').fill('');
    for (const [name, theme, kind] of THEMES) {
      await workbench.set({ 'workbench.colorTheme': theme });
      await panel.locator(`body.${kind} .flame[data-still="true"]`).waitFor();
      await takeImage(page, name);
    }
  });

  it('broke no content security policy on the way', () => {
    assert.deepEqual(opened.violations, []);
  });

  it('leaves no server behind when the last window is closed', async () => {
    await workbench.run('Event Store Profiler: Start Server');
    await workbench.status(/the server is ready/).waitFor();
    const processes = await profilerProcesses(folder);
    assert.ok(processes.size > 1);
    await workbench.page.goto('about:blank');
    await untilGone(processes.keys());
  });
});

const THEMES = [
  ['light', 'Default Light Modern', 'vscode-light'],
  ['high-contrast', 'Default High Contrast', 'vscode-high-contrast'],
  ['dark', 'Default Dark Modern', 'vscode-dark'],
] as const;
const journeyRoot = join(import.meta.dirname, '../../..');

/** Steps from match to match until the frame of the function itself has the focus: a phase has the same name. */
async function focusFrameOfProject({ panel }: Workbench): Promise<void> {
  const frame = panel.locator('.flame-focus[data-name="project"][aria-label*="project.ts"]');
  const found = (await panel.locator('.flame-found').textContent()) ?? '';
  const matches = Number(/(\d+) match/.exec(found)?.[1]);
  assert.ok(matches > 0, found);
  for (let step = 0; step < matches && (await frame.count()) === 0; step += 1) {
    await panel.locator('.flame-search input').press('Enter');
  }
  await frame.waitFor({ timeout: 5000 });
}
