import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { createRandom } from '../../server/lib/random.ts';
import { PHASES } from '../../server/protocol/phase.ts';
import { encodeProfile } from '../../server/protocol/profile/encode-profile.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { temporaryDirectory } from '../db/support/temporary-directory.ts';
import { launchBrowser } from '../host/browser.ts';
import { type SampleRow, sampleProfile } from '../webview/support/sample-profile.ts';
import { type ServerUnderTest, startServer } from './server-under-test.ts';

const ROWS_PER_NODE = 5;
const DEEPEST = 30;
const HANDLER = 'AddBookCopyToCirculation';

/**
 * Milliseconds from asking for a finished run in the real page of a real server until its flame graph is on the
 * canvas: fetch, decode, group, lay out, draw. The run is real; its profile is replaced by one of the size asked for.
 */
export async function millisecondsToDraw(size: { nodes: number; times: number }): Promise<number[]> {
  await using workspace = await temporaryDirectory();
  await using server = await startServer(workspace.path);
  const run = await profileOnce(server);
  await replaceProfile(workspace.path, run, largeProfile(size.nodes));
  const browser = await launchBrowser();
  try {
    const measured: number[] = [];
    for (let time = 0; time < size.times; time++) measured.push(await draw(browser, server, run));
    return measured;
  } finally {
    await browser.close();
  }
}

async function draw(browser: Browser, { url, token }: ServerUnderTest, run: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    await page.goto(new URL(`/?token=${token}`, url).href);
    await page.locator(`[data-run="${run}"]`).waitFor();
    return Number(await page.evaluate(clickAndWaitForDrawing(run)));
  } finally {
    await context.close();
  }
}

/** Runs in the page: from the click on the run to the end of the first drawing. */
const clickAndWaitForDrawing = (run: string) => `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const [first] = list.getEntriesByName('flame-draw');
    if (first) resolve(first.startTime + first.duration - clickedAt);
  }).observe({ type: 'measure' });
  const clickedAt = performance.now();
  document.querySelector('[data-run="${run}"]').click();
})`;

async function profileOnce({ url, token }: ServerUnderTest): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ kind: 'profile', handler: HANDLER, iterations: 1 });
  const response = await fetch(new URL('/api/runs', url), { method: 'POST', headers, body });
  const { id } = (await response.json()) as { id: string };
  const events = await fetch(new URL(`/api/runs/${id}/events`, url), { headers });
  // The stream ends with the run.
  await events.text();
  return id;
}

async function replaceProfile(workspace: string, run: string, profile: Profile): Promise<void> {
  const folder = path.join(workspace, '.eventstore-profiler/runs', run);
  const files = await readdir(folder);
  const file = files.find((name) => name.endsWith('.espp'));
  if (!file) throw new Error(`no profile among ${files.join(', ')}`);
  await writeFile(path.join(folder, file), new Uint8Array(encodeProfile(profile)));
}

/** At least that many nodes below every phase alternately, `ROWS_PER_NODE` rows of time for each. */
function largeProfile(nodes: number): Profile {
  const random = createRandom(1);
  const rows: SampleRow[] = [];
  const seen = new Set<string>();
  let stack: string[] = [];
  while (seen.size < nodes || rows.length < nodes * ROWS_PER_NODE) {
    const keep = random.below(stack.length + 1);
    stack = stack.slice(0, keep);
    const name = seen.size < nodes ? `function${seen.size}` : `function${random.below(nodes)}`;
    if (stack.length < DEEPEST) stack.push(name);
    seen.add(stack.join('\n'));
    rows.push({
      stack: [...stack],
      micros: 200,
      phase: PHASES[rows.length % 8] ?? 'project',
      operation: rows.length >> 12,
    });
  }
  return sampleProfile(rows, HANDLER);
}
