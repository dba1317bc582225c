import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tsconfigOf } from './tsconfig.ts';

export type ModuleFormat = 'module' | 'commonjs';

export interface JavaScript {
  readonly format: ModuleFormat;
  /** With its source map inside. */
  readonly code: string;
}

/**
 * Makes the JavaScript of a TypeScript file, enums, parameter properties and decorators included; nothing is bundled.
 * What the file's package leaves open becomes CommonJS, as TypeScript itself has it, unless it uses what only ES modules
 * can: `import.meta` or a top-level await.
 * @throws esbuild's failure, whose `errors` have places
 */
export function typescriptToJavaScript(file: string, declared: ModuleFormat | undefined): JavaScript {
  const source = readFileSync(file, 'utf8');
  if (declared !== undefined) return { format: declared, code: transform(source, file, declared).code };
  try {
    const { code, warnings } = transform(source, file, 'commonjs');
    if (!warnings.some(({ id }) => id === 'empty-import-meta')) return { format: 'commonjs', code };
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('Top-level await'))) throw error;
  }
  return { format: 'module', code: transform(source, file, 'module').code };
}

/** Ends the process in which esbuild works; the next file begins another. */
export function endTransforming(): void {
  esbuild?.stop();
  esbuild = undefined;
}

let esbuild: typeof import('esbuild') | undefined;

function transform(source: string, file: string, format: ModuleFormat) {
  // Only when there is TypeScript, and synchronously: require() cannot wait.
  esbuild ??= createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  return esbuild.transformSync(source, {
    loader: file.endsWith('x') ? 'tsx' : 'ts',
    format: format === 'module' ? 'esm' : 'cjs',
    platform: 'node',
    target: `node${process.versions.node}`,
    sourcemap: 'inline',
    sourcesContent: false,
    sourcefile: file,
    logLevel: 'silent',
    // It takes what changes the code: decorators, fields of classes, JSX, imports that are kept.
    tsconfigRaw: JSON.stringify({ compilerOptions: tsconfigOf(file)?.config.compilerOptions ?? {} }),
  });
}
