import { chmod, copyFile, link, mkdir, readdir, readlink, realpath, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { locateBinaries, programPath } from '../../../server/database/embedded/postgres-binaries.ts';
import { accountForNewData, canRead } from '../../../server/database/embedded/server-account.ts';
import { errorCode } from '../../../server/database/error-code.ts';

const checkout = path.resolve(import.meta.dirname, '../../..');

/** What the tests with a database read of the checkout, beside the files at its top. */
const folders = [
  'dist',
  'docs',
  'migrations',
  'node_modules',
  'server',
  'test/contract',
  'test/db',
  'test/property',
  'test/unit/support',
];

/** Whether the account in which root runs PostgreSQL can also run this checkout, which may lie below a closed home. */
export async function isReachable(): Promise<boolean> {
  const account = await accountForNewData();
  if (account === undefined) return true;
  const postgres = programPath(await locateBinaries(), 'postgres');
  const probes = [process.execPath, postgres, path.join(checkout, 'package.json'), import.meta.filename];
  return !(await Promise.all(probes.map((probe) => canRead(account, probe)))).includes(false);
}

/** Sets the checkout, and the Node.js that runs this, up in a new directory where every account can run them. */
export async function copyCheckout(root: string): Promise<{ readonly root: string; readonly node: string }> {
  for (const folder of folders) {
    const to = path.join(root, folder);
    await mkdir(path.dirname(to), { recursive: true });
    await copyFolder(await realpath(path.join(checkout, folder)), to);
  }
  for (const entry of await readdir(checkout, { withFileTypes: true })) {
    if (entry.isFile()) await copyOpen(path.join(checkout, entry.name), path.join(root, entry.name));
  }
  const own = path.relative(checkout, process.execPath);
  if (own.startsWith('node_modules')) return { root, node: path.join(root, own) };
  const node = path.join(root, path.basename(process.execPath));
  await copyOpen(process.execPath, node);
  return { root, node };
}

async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await copyOpen(source, target);
  }
}

/** A second name for a file that others may read: node_modules have 400 MB. A copy where there can be none. */
async function copyOpen(from: string, to: string): Promise<void> {
  const { mode } = await stat(from);
  const isOpen = (mode & 0o044) === 0o044 && ((mode & 0o100) === 0 || (mode & 0o011) === 0o011);
  if (isOpen && (await hasLink(from, to))) return;
  await copyFile(from, to);
  await chmod(to, 0o755);
}

async function hasLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    // Another disk, or one that knows no links.
    if (['EXDEV', 'EPERM', 'ENOTSUP'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}
