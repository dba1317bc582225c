import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import type { BuildOptions } from 'esbuild';

/** The package exports `eventstore-profiler` and `eventstore-profiler/eventstore`. */
export const library: BuildOptions = {
  bundle: true,
  sourcemap: 'linked',
  sourcesContent: true,
  logLevel: 'warning',
  absWorkingDir: import.meta.dirname,
  platform: 'node',
  format: 'esm',
  target: 'node22.12',
  entryPoints: { index: 'server/config.ts', eventstore: 'server/eventstore.ts' },
  // Programs hand in their own pools, so there should be one pg; and only a migration needs node-pg-migrate.
  external: ['pg', 'node-pg-migrate'],
};

/** Writes the declarations of the package exports into a folder. */
export async function writeDeclarations(folder: string): Promise<void> {
  const tsc = path.join(
    path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin/tsc',
  );
  const project = path.join(import.meta.dirname, 'tsconfig.types.json');
  await promisify(execFile)(process.execPath, [tsc, '-p', project, '--outDir', folder]);
  const files = await readdir(folder, { recursive: true });
  const declarations = files.filter((file) => file.endsWith('.d.ts'));
  await Promise.all(declarations.map((file) => nameOutputs(path.join(folder, file))));
}

// tsc leaves the names of sources in declarations; not every tool that reads these looks for a .d.ts there.
async function nameOutputs(file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/(from |import\()(['"])(\.[^'"]+)\.ts\2/g, '$1$2$3.js$2'));
}
