import { execFile } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { library, writeDeclarations } from '../../../esbuild.library.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A program's folder, with the package as npm would install it in its node_modules. */
export interface PackageConsumer extends AsyncDisposable {
  readonly path: string;
  /** Files of the package, relative to its folder. */
  readonly packed: readonly string[];
  /** Runs a file with this Node.js and gives what it printed. */
  run(file: string, source: string, env: Readonly<Record<string, string>>): Promise<string>;
  /** The type checker's complaints about a file, under strict rules; empty when there are none. */
  complaints(file: string, source: string): Promise<string>;
}

const top = path.resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);

export async function packageConsumer(): Promise<PackageConsumer> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryDirectory());
  const packed = await installPackage(folder.path);
  await writeFile(path.join(folder.path, 'package.json'), '{ "type": "module", "private": true }');
  return {
    path: folder.path,
    packed,
    async run(file, source, env) {
      await writeFile(path.join(folder.path, file), source);
      const { stdout } = await run(process.execPath, [file], {
        cwd: folder.path,
        env: { ...process.env, ...env },
      });
      return stdout;
    },
    async complaints(file, source) {
      await writeFile(path.join(folder.path, file), source);
      return typeCheck(folder.path, file);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** What a build makes of the sources as they are now, packed by npm and unpacked where a program finds it. */
async function installPackage(folder: string): Promise<readonly string[]> {
  const source = path.join(folder, 'source');
  await cp(top, source, { recursive: true, filter: (place) => !heavy.test(path.relative(top, place)) });
  await build({ ...library, outdir: path.join(source, 'dist') });
  await writeDeclarations(path.join(source, 'dist/types'));
  const { stdout } = await npm(['pack', '--json', '--pack-destination', folder], source);
  const [{ filename, files }] = JSON.parse(stdout) as [Packed];
  const installed = path.join(folder, 'node_modules/eventstore-profiler');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', path.join(folder, filename), '-C', installed, '--strip-components=1']);
  await linkDependencies(folder, installed);
  return files.map((file) => file.path);
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

// What takes long to copy, and npm packs none of.
const heavy = /(^|[\\/])(node_modules|\.git|\.cache|\.vscode-test|\.eventstore-profiler|dist(\.\d+)?)$/;

/** The program has a pg of its own, as happens when its version differs from that of the package. */
async function linkDependencies(folder: string, installed: string): Promise<void> {
  const own = path.join(folder, 'node_modules');
  await mkdir(path.join(installed, 'node_modules'));
  await mkdir(path.join(own, '@types'));
  for (const name of ['pg', 'node-pg-migrate']) {
    await symlink(
      path.join(top, 'node_modules', name),
      path.join(installed, 'node_modules', name),
      'junction',
    );
  }
  for (const name of ['pg', 'pg-pool', 'pg-protocol']) {
    await cp(path.join(top, 'node_modules', name), path.join(own, name), { recursive: true });
  }
  for (const name of ['pg-connection-string', 'pg-types', 'pgpass', '@types/pg', '@types/node']) {
    await symlink(path.join(top, 'node_modules', name), path.join(own, name), 'junction');
  }
}

async function npm(args: readonly string[], cwd: string) {
  const entry = process.env['npm_execpath'];
  // Otherwise it leaves a folder with its compiled code in the temporary directory.
  const options = { cwd, env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' } };
  return entry === undefined
    ? run('npm', args, { ...options, shell: process.platform === 'win32' })
    : run(process.execPath, [entry, ...args], options);
}

async function typeCheck(folder: string, file: string): Promise<string> {
  const tsc = path.join(
    path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin/tsc',
  );
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2024',
    module: 'nodenext',
    moduleResolution: 'nodenext',
    types: ['node'],
  };
  await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  try {
    await run(process.execPath, [tsc, '-p', '.'], { cwd: folder });
    return '';
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) return String(error.stdout);
    throw error;
  }
}
