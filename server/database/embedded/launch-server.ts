import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { explained } from './cluster-directory.ts';
import {
  DataDirectoryInUseError,
  DiskFullError,
  PostgresStartError,
  tellsOfFullDisk,
} from './embedded-errors.ts';
import { freePort } from './free-port.ts';
import type { HeldServer, HoldOptions } from './held-server.ts';
import { claimLease } from './lease.ts';
import {
  launchPostmaster,
  type Postmaster,
  type PostmasterContext,
  PostmasterDied,
  stopPostmaster,
} from './postmaster.ts';
import { giveTo } from './server-account.ts';

/** Starts a server on a directory where none runs, and holds it. */
export async function launchServer(context: PostmasterContext, options: HoldOptions): Promise<HeldServer> {
  const { files, account } = context;
  await explained(files.dataDirectory, async () => {
    await writeFile(files.settingsFile, options.settings);
    await giveTo(account, files.settingsFile);
  });
  const postmaster = await launchPersistently(context, options);
  try {
    return { postmaster, lease: await claimLease(files.dataDirectory, options.leaseUrl(postmaster.port)) };
  } catch (error) {
    // Whoever holds the lease now has taken over the server that we started.
    if (!(error instanceof DataDirectoryInUseError)) await stopPostmaster(context, postmaster.pid);
    throw error;
  }
}

const attempts = 20;

async function launchPersistently(context: PostmasterContext, options: HoldOptions): Promise<Postmaster> {
  const { dataDirectory } = context.files;
  for (let attempt = 1; ; attempt++) {
    try {
      const port = await (options.choosePort ?? freePort)();
      return await explained(dataDirectory, () => launchPostmaster(context, port, options.signal));
    } catch (error) {
      if (!(error instanceof PostmasterDied)) throw error;
      const words = error.message;
      if (tellsOfFullDisk(words)) throw new DiskFullError(dataDirectory, error);
      if (/lock file "postmaster.pid" already exists/.test(words)) {
        throw new DataDirectoryInUseError(dataDirectory, 'started at the same moment');
      }
      if (attempt === attempts || !passing.test(words)) {
        throw new PostgresStartError('PostgreSQL did not start', words, error);
      }
      // The port was taken since it was chosen, or the backends of a killed server have not noticed yet.
      await delay(attempt * 10);
    }
  }
}

const passing = /could not create any TCP\/IP sockets|pre-existing shared memory block/;
