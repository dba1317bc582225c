import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';

// Another build may put its folder into the place between our two renames; the last one wins.
const ATTEMPTS = 20;

/** A neighbour of a folder for this process to build into; `removeLeftovers` knows it by its name. */
export function draftOf(folder: string): string {
  return `${folder}.${process.pid}`;
}

/**
 * Puts a finished folder in the place of another. What starts from the old one meanwhile finds it whole or, for the
 * time between two renames (some 50 µs), not at all. Both must lie on one disk.
 */
export async function swapFolder(finished: string, place: string): Promise<void> {
  const old = `${finished}.old`;
  for (let attempt = 1; ; attempt += 1) {
    await unless(['ENOENT'], () => rename(place, old));
    const taken = await unless(['ENOTEMPTY', 'EEXIST', 'EPERM'], () => rename(finished, place));
    await rm(old, { recursive: true, force: true });
    if (taken) return;
    if (attempt === ATTEMPTS) throw new Error(`${place} could not be replaced; ${finished} has the build.`);
  }
}

/** Removes what builds that were killed left beside a folder. */
export async function removeLeftovers(folder: string): Promise<void> {
  const parent = path.dirname(folder);
  const name = path.basename(folder);
  for (const entry of await readdir(parent)) {
    const pid = entry.startsWith(`${name}.`) && Number.parseInt(entry.slice(name.length + 1), 10);
    if (pid && !isAlive(pid)) await rm(path.join(parent, entry), { recursive: true, force: true });
  }
}

/** False when one of the foreseen errors stood in the way. */
async function unless(codes: readonly string[], work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && codes.includes(String(error.code))) return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
