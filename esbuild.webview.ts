import type { BuildOptions } from 'esbuild';

/** The pages: `panel` for VS Code, `dashboard` with its `index.html` for the browser. */
export const webview: BuildOptions = {
  bundle: true,
  sourcemap: 'linked',
  sourcesContent: true,
  logLevel: 'warning',
  platform: 'browser',
  format: 'esm',
  target: 'chrome128',
  outdir: 'dist/webview',
  entryPoints: {
    dashboard: 'webview/dashboard/dashboard.ts',
    panel: 'webview/flame/panel.ts',
    index: 'webview/dashboard/index.html',
  },
  loader: { '.html': 'copy' },
  minify: true,
};
