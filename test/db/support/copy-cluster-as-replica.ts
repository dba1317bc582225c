import { cp, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { clusterDirectory } from '../../../server/database/embedded/cluster-directory.ts';
import { accountForNewData, giveTo } from '../../../server/database/embedded/server-account.ts';

/**
 * Copies the data directory of a server that is down, so that the copy starts as its replica.
 * https://www.postgresql.org/docs/current/warm-standby.html#STANDBY-SERVER-SETUP
 */
export async function copyClusterAsReplica(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: true });
  await writeFile(path.join(clusterDirectory(to).cluster, 'standby.signal'), '');
  // A copy that root made belongs to root, as whom PostgreSQL does not run.
  const account = await accountForNewData();
  await giveTo(account, to);
  for (const entry of await readdir(to, { recursive: true, withFileTypes: true })) {
    await giveTo(account, path.join(entry.parentPath, entry.name));
  }
}
