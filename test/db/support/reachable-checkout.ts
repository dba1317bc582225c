import { copyFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { locateBinaries, programPath } from '../../../server/database/embedded/postgres-binaries.ts';
import { copyReadable } from '../../../server/database/embedded/reachable-place.ts';
import { accountForNewData, canRead } from '../../../server/database/embedded/server-account.ts';

const checkout = path.resolve(import.meta.dirname, '../../..');

/** What the tests with a database read of the checkout. */
const folders = ['dist', 'migrations', 'node_modules', 'server', 'test/contract', 'test/db', 'test/property'];

/** Whether the account in which root runs PostgreSQL can also run this checkout, which may lie below a closed home. */
export async function isReachable(): Promise<boolean> {
  const account = await accountForNewData();
  if (account === undefined) return true;
  const postgres = programPath(await locateBinaries(), 'postgres');
  const probes = [process.execPath, postgres, path.join(checkout, 'package.json'), import.meta.filename];
  return !(await Promise.all(probes.map((probe) => canRead(account, probe)))).includes(false);
}

/** Copies the checkout, and the Node.js that runs this, to a new directory, open to everybody. */
export async function copyCheckout(root: string): Promise<{ readonly root: string; readonly node: string }> {
  for (const folder of folders)
    await copyReadable(await realpath(path.join(checkout, folder)), path.join(root, folder));
  await copyFile(path.join(checkout, 'package.json'), path.join(root, 'package.json'));
  const own = path.relative(checkout, process.execPath);
  if (own.startsWith('node_modules')) return { root, node: path.join(root, own) };
  const node = path.join(root, path.basename(process.execPath));
  await copyFile(process.execPath, node);
  return { root, node };
}
