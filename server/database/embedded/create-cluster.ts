import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../error-code.ts';
import {
  type ClusterDirectory,
  clusterDirectory,
  explained,
  inspectDataDirectory,
} from './cluster-directory.ts';
import { DiskFullError, PostgresStartError } from './embedded-errors.ts';
import { type PostgresBinaries, programPath } from './postgres-binaries.ts';
import { isProcessAlive } from './postmaster-pid.ts';
import { runProgram } from './program.ts';
import { giveTo, type ServerAccount } from './server-account.ts';

/** The role that owns everything in the embedded database. */
export const superuser = 'postgres';

/**
 * Makes the files of a new database. They grow in a sibling directory that is renamed at the end: whatever
 * interrupts this (a kill, a full disk, a power cut), the data directory is either complete or not there.
 */
export async function createCluster(options: CreateClusterOptions): Promise<void> {
  const { dataDirectory, binaries } = options;
  await removeAbandoned(dataDirectory);
  const staging = `${dataDirectory}${stagingMark}${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await explained(dataDirectory, () => fillStaging(clusterDirectory(staging), options));
    await moveIntoPlace(staging, dataDirectory);
  } catch (error) {
    // Another server may have been faster with the same directory; its files are as good as ours.
    const now = await inspectDataDirectory(dataDirectory, binaries.major);
    if (now === 'empty') throw error;
  } finally {
    await removeTree(staging);
  }
}

export interface CreateClusterOptions {
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount | undefined;
  readonly dataDirectory: string;
  readonly signal: AbortSignal | undefined;
}

const stagingMark = '.new-';

async function fillStaging(files: ClusterDirectory, options: CreateClusterOptions): Promise<void> {
  const { account } = options;
  await mkdir(files.dataDirectory, { mode: 0o700 });
  await giveTo(account, files.dataDirectory);
  await writeFile(files.passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  await giveTo(account, files.passwordFile);
  await runInitdb(files, options);
  await appendFile(
    path.join(files.cluster, 'postgresql.conf'),
    `include '${path.basename(files.settingsFile)}'\n`,
  );
}

async function runInitdb(files: ClusterDirectory, options: CreateClusterOptions): Promise<void> {
  const { account, signal } = options;
  const initdb = [
    programPath(options.binaries, 'initdb'),
    `--pgdata=${files.cluster}`,
    `--username=${superuser}`,
    `--pwfile=${files.passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The same order of text on every machine, without the operating system's or ICU's tables.
    '--locale-provider=builtin',
    '--locale=C.UTF-8',
    '--no-instructions',
  ] as const;
  const { exitCode, output } = await runProgram(initdb, { account, cwd: files.dataDirectory, signal });
  if (exitCode === 0) return;
  if (/No space left on device|Disk quota exceeded/.test(output))
    throw new DiskFullError(options.dataDirectory);
  throw new PostgresStartError('PostgreSQL could not create its data directory', output.slice(-2000));
}

async function moveIntoPlace(staging: string, dataDirectory: string): Promise<void> {
  // Windows does not rename over an empty directory.
  await rmdir(dataDirectory).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
  await rename(staging, dataDirectory);
}

/** Removes what a killed initdb left. A live process keeps its own for an hour, in which any initdb is done. */
async function removeAbandoned(dataDirectory: string): Promise<void> {
  const parent = path.dirname(dataDirectory);
  const prefix = path.basename(dataDirectory) + stagingMark;
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const abandoned = path.join(parent, name);
    const age = Date.now() - (await stat(abandoned)).mtimeMs;
    if (age > 3_600_000 || !isProcessAlive(Number.parseInt(name.slice(prefix.length), 10)))
      await removeTree(abandoned);
  }
}

function removeTree(directory: string): Promise<void> {
  // An initdb that outlived its parent may still write for a moment.
  return rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
