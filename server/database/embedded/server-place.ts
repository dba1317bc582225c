import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../error-code.ts';
import { inspectDataDirectory, makeParent } from './cluster-directory.ts';
import { DataDirectoryNotReachableError } from './embedded-errors.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { reachableBinaries, reachableDataDirectory } from './reachable-place.ts';
import { accountForData, accountForNewData, canEnter, type ServerAccount } from './server-account.ts';

/** As whom PostgreSQL runs, and from where. */
export interface ServerPlace {
  readonly account: ServerAccount | undefined;
  readonly binaries: PostgresBinaries;
  readonly dataDirectory: string;
  /** The data directory has to be filled first. */
  readonly isNew: boolean;
}

/**
 * Decides where the data lies and as whom PostgreSQL runs on it: as ourselves, where we are told; as root, under
 * another account, and where that one cannot enter the directory, in one that stands for it.
 */
export async function serverPlace(options: ServerPlaceOptions): Promise<ServerPlace> {
  const { binaries } = options;
  const wanted = await realPlace(path.resolve(options.wanted));
  const isNew = (await inspectDataDirectory(wanted, binaries.major)) === 'empty';
  if (isNew) await makeParent(wanted);
  const account = await (isNew ? accountForNewData() : accountForData(wanted));
  if (account === undefined) return { account, binaries, dataDirectory: wanted, isNew };
  const place = { account, binaries: await reachableBinaries(account, options) };
  if (await canEnter(account, path.dirname(wanted))) return { ...place, dataDirectory: wanted, isNew };
  if (!isNew) throw new DataDirectoryNotReachableError(wanted, account.uid);
  return { ...place, ...(await standIn(account, { ...options, wanted })) };
}

export interface ServerPlaceOptions {
  readonly binaries: PostgresBinaries;
  readonly wanted: string;
  /** See `usualSharedParents`. */
  readonly sharedParents: readonly string[];
  readonly log: (message: string) => void;
}

async function standIn(account: ServerAccount, options: ServerPlaceOptions) {
  const dataDirectory = await reachableDataDirectory(account, options);
  options.log(
    `PostgreSQL cannot run as root and runs as user ${account.uid}, who cannot enter ` +
      `${path.dirname(options.wanted)}: the data lies in ${dataDirectory}`,
  );
  const isNew = (await inspectDataDirectory(dataDirectory, options.binaries.major)) === 'empty';
  return { dataDirectory, isNew };
}

/** The path without symbolic links: what runs on the directory is recognised by its path. */
async function realPlace(directory: string): Promise<string> {
  try {
    return await realpath(directory);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || directory === path.dirname(directory)) return directory;
    return path.join(await realPlace(path.dirname(directory)), path.basename(directory));
  }
}
