import { randomBytes } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { errorCode } from '../error-code.ts';
import { NoReachablePlaceError } from './embedded-errors.ts';
import { type PostgresBinaries, programPath } from './postgres-binaries.ts';
import { canEnter, canRead, type ServerAccount } from './server-account.ts';
import { makeWhole } from './staging.ts';

/**
 * The programs where the account can run them: where they are installed, or, when a directory above is closed to it
 * (a checkout in a home with mode 0700), a copy of them in a shared place, made once.
 */
export async function reachableBinaries(
  account: ServerAccount,
  options: { binaries: PostgresBinaries; sharedParents: readonly string[]; log: (message: string) => void },
): Promise<PostgresBinaries> {
  const { binaries, sharedParents, log } = options;
  const probes = [programPath(binaries, 'postgres'), path.join(binaries.native, 'share', 'postgresql')];
  const reached = await Promise.all(probes.map((probe) => canRead(account, probe)));
  if (!reached.includes(false)) return binaries;
  const name = `postgresql-${binaries.packageVersion}-${process.platform}-${process.arch}`;
  const copy = path.join(await sharedPlace(account, sharedParents), name);
  if (!(await exists(copy))) {
    log(`PostgreSQL runs as user ${account.uid}, who cannot enter ${binaries.native}: copying it to ${copy}`);
    await makeWhole(copy, (staging) => copyReadable(binaries.native, staging));
  }
  return { ...binaries, native: copy };
}

/**
 * The directory in a shared place that stands for a data directory which the account cannot enter. Its name comes from
 * an id that is kept beside the data directory: a checkout made anew at the same path must not find old data.
 */
export async function reachableDataDirectory(
  account: ServerAccount,
  options: { wanted: string; sharedParents: readonly string[] },
): Promise<string> {
  const { wanted, sharedParents } = options;
  const place = await sharedPlace(account, sharedParents);
  return path.join(place, `data-${await keptId(`${wanted}.id`)}`);
}

async function keptId(file: string): Promise<string> {
  try {
    await writeFile(file, randomBytes(6).toString('hex'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  const id = await readFile(file, 'utf8');
  // It becomes part of a path.
  if (!/^[0-9a-f]{12}$/.test(id))
    throw new Error(`${file} was changed: remove it to begin with an empty database.`);
  return id;
}

/**
 * Where a directory that everybody can enter may be made, best first. /var/lib, where there is one: temporary
 * directories are swept of files that were not touched for a month, and a database has such files.
 */
export const usualSharedParents: readonly string[] = ['/var/lib', '/var/tmp', os.tmpdir()];

/** A directory of root's own that the account can enter, for what must not lie in the checkout. */
async function sharedPlace(account: ServerAccount, parents: readonly string[]): Promise<string> {
  const tried: unknown[] = [];
  for (const parent of parents) {
    const place = path.join(parent, 'eventstore-profiler');
    try {
      await claim(place, account);
      return place;
    } catch (error) {
      tried.push(error);
    }
  }
  throw new NoReachablePlaceError(new AggregateError(tried));
}

/** Makes the directory, or makes sure that an existing one is ours: in /var/tmp anybody could have put it there. */
async function claim(place: string, account: ServerAccount): Promise<void> {
  try {
    await mkdir(place);
    // What the umask took away.
    await chmod(place, 0o755);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  const found = await lstat(place);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) {
    throw new Error(`${place} belongs to somebody else or can be changed by others.`);
  }
  if (!(await canEnter(account, place))) throw new Error(`${place} cannot be entered by others.`);
}

async function copyReadable(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(to, { recursive: true, withFileTypes: true })) {
    // A checkout made under umask 077 has modes that shut out everybody else.
    if (!entry.isSymbolicLink()) await chmod(path.join(entry.parentPath, entry.name), 0o755);
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
