import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Hono } from 'hono';
import { ProfilerError } from '../lib/profiler-error.ts';
import type { Environment } from './authentication.ts';

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
};

/** The page at `/` and its files. The allow-list is what the build has put into the folder, read once. */
export function addPageRoutes(app: Hono<Environment>, folder: string): void {
  const names = filesIn(folder);
  for (const name of names) {
    const mediaType = mediaTypes[path.extname(name)];
    if (mediaType === undefined) continue;
    app.get(name === 'index.html' ? '/' : `/${name}`, async (context) => {
      const content = await readFile(path.join(folder, name));
      return context.body(content, 200, { 'Content-Type': mediaType, 'Cache-Control': 'no-cache' });
    });
  }
  if (!names.includes('index.html')) {
    app.get('/', () => {
      throw new ProfilerError('page_missing', 'The page of the profiler is not built.', {
        advice: 'Run "npm run build" and start the server again.',
      });
    });
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'),
      );
  } catch (error) {
    // Not built: the routes below /api work all the same.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
