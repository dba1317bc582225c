import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const folder = process.env['JOURNEY_IMAGES'] ?? join(tmpdir(), 'eventstore-profiler-images');

/** Keeps what the window shows; only `--images` of run.ts writes into the documentation. */
export async function takeImage(page: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  // The status bar fades from one theme's colour to the next.
  await page.screenshot({ path: join(folder, `workbench-${name}.png`), animations: 'disabled' });
}
