import { randomBytes } from 'node:crypto';
import { readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../error-code.ts';
import { isProcessAlive } from './process-identity.ts';

const mark = '.new-';

/**
 * Makes a directory so that it is complete or not there, whatever interrupts this (a kill, a full disk, a power
 * cut): it grows under another name beside its place and is renamed at the end. `fill` makes the directory.
 * When another process was faster its work stays and ours is dropped.
 */
export async function makeWhole(directory: string, fill: (staging: string) => Promise<void>): Promise<void> {
  await removeAbandoned(directory);
  const staging = `${directory}${mark}${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await fill(staging);
    await moveIntoPlace(staging, directory);
  } finally {
    await removeTree(staging);
  }
}

async function moveIntoPlace(staging: string, directory: string): Promise<void> {
  try {
    // Windows does not rename over an empty directory.
    await rmdir(directory);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && !isOccupied(error)) throw error;
  }
  await rename(staging, directory).catch((error: unknown) => {
    if (!isOccupied(error)) throw error;
  });
}

function isOccupied(error: unknown): boolean {
  return errorCode(error) === 'ENOTEMPTY' || errorCode(error) === 'EEXIST';
}

/** Removes what a killed process left. A live one keeps its own for an hour, in which it is done. */
async function removeAbandoned(directory: string): Promise<void> {
  const parent = path.dirname(directory);
  const prefix = path.basename(directory) + mark;
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const abandoned = path.join(parent, name);
    const isOwned = isProcessAlive(Number.parseInt(name.slice(prefix.length), 10));
    if (!isOwned || (await ageOf(abandoned)) > 3_600_000) await removeTree(abandoned);
  }
}

async function ageOf(file: string): Promise<number> {
  try {
    return Date.now() - (await stat(file)).mtimeMs;
  } catch (error) {
    // Its owner has just renamed or removed it.
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

function removeTree(directory: string): Promise<void> {
  // A program that outlived the process which started it may still write for a moment.
  return rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
