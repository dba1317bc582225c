import { lstat, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../error-code.ts';
import {
  DataDirectoryIsFileError,
  DataDirectoryNotWritableError,
  DataDirectoryVersionError,
  DiskFullError,
  ForeignDataDirectoryError,
} from './embedded-errors.ts';

/** The files of one embedded database. The directory appears whole or not at all (see create-cluster.ts). */
export interface ClusterDirectory {
  readonly dataDirectory: string;
  /** What PostgreSQL calls its data directory. */
  readonly cluster: string;
  /** The superuser's password, mode 0600. */
  readonly passwordFile: string;
  readonly logFile: string;
  /** Included at the end of postgresql.conf. */
  readonly settingsFile: string;
}

/** Names the files below a data directory. */
export function clusterDirectory(dataDirectory: string): ClusterDirectory {
  const cluster = path.join(dataDirectory, 'cluster');
  return {
    dataDirectory,
    cluster,
    passwordFile: path.join(dataDirectory, 'password'),
    logFile: path.join(dataDirectory, 'postgres.log'),
    settingsFile: path.join(cluster, 'eventstore-profiler.conf'),
  };
}

/**
 * Looks at what is in the directory without changing it: `ready` is a database of ours, `empty` is nothing at all.
 *
 * @throws DataDirectoryIsFileError, ForeignDataDirectoryError, DataDirectoryVersionError, DataDirectoryNotWritableError
 */
export async function inspectDataDirectory(dataDirectory: string, major: string): Promise<'empty' | 'ready'> {
  const names = await explained(dataDirectory, () => namesIn(dataDirectory));
  if (names.length === 0) return 'empty';
  if (!names.includes('cluster') || !names.includes('password')) {
    throw new ForeignDataDirectoryError(dataDirectory, names.sort().slice(0, 3).join(', '));
  }
  const versionFile = path.join(clusterDirectory(dataDirectory).cluster, 'PG_VERSION');
  const found = (await explained(dataDirectory, () => readFile(versionFile, 'utf8'))).trim();
  if (found !== major) throw new DataDirectoryVersionError(dataDirectory, { found, supported: major });
  return 'ready';
}

/** Makes the directory that will hold the data directory. */
export async function makeParent(dataDirectory: string): Promise<void> {
  await explained(dataDirectory, () => mkdir(path.dirname(dataDirectory), { recursive: true }));
}

/** Runs work on the file system below a data directory and gives its common faults their sentences. */
export async function explained<T>(dataDirectory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainFault(dataDirectory, error);
  }
}

function explainFault(dataDirectory: string, error: unknown): unknown {
  switch (errorCode(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new DataDirectoryNotWritableError(dataDirectory, error);
    case 'ENOSPC':
    case 'EDQUOT':
    // disk_full, in PostgreSQL's words.
    case '53100':
      return new DiskFullError(dataDirectory, error);
    case 'ENOTDIR':
    case 'EEXIST':
      return new DataDirectoryIsFileError(dataDirectory, error);
    default:
      return error;
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    const link = await lstat(directory).catch(() => undefined);
    if (link !== undefined) throw new DataDirectoryIsFileError(directory, error);
    return [];
  }
}
