import { globSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');
const output = join(root, '.vscode-test/suites');

/** Bundles the suites for the extension host, which loads JavaScript only. Gives the path of the entry. */
export async function buildSuites(): Promise<string> {
  const entryPoints = globSync('test/extension/suite/*.ts', { cwd: root });
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir: output,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22.12',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return join(output, 'entry.cjs');
}
