import { realpath } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { faults } from '../faults.ts';

export interface FrameLocation {
  /** Absolute path, without symbolic links. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

/**
 * Where the code of a frame stands. A profile is untrusted input: only files inside of the given folders count, and
 * symbolic links are followed before that is decided.
 * @throws UserFault when there is no such place
 */
export async function frameLocation(
  profile: Profile,
  frame: number,
  folders: readonly string[],
): Promise<FrameLocation> {
  const { frames, strings } = profile;
  const url = strings[frames.file[frame] ?? 0] ?? '';
  if (!url.startsWith('file:')) throw faults.noSource(strings[frames.name[frame] ?? 0] ?? '?');
  const path = toPath(url);
  const file = await realpathOrNone(path);
  if (file === undefined) throw faults.missingSource(path);
  const roots = await Promise.all(folders.map(realpathOrNone));
  if (!roots.some((root) => root !== undefined && isInside(file, root))) throw faults.foreignSource(file);
  return { file, line: Math.max(1, frames.line[frame] ?? 1), column: Math.max(1, frames.column[frame] ?? 1) };
}

/** Nothing is looked up on another machine: to Windows the mere look at a share is a login there. */
function toPath(url: string): string {
  const path = pathOf(url);
  if (/^[\\/]{2}/.test(path)) throw faults.foreignSource(url);
  return path;
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    // On POSIX a file of another machine; anywhere a malformed address.
    if (error instanceof TypeError) throw faults.foreignSource(url);
    throw error;
  }
}

/** Undefined when nothing is there, or nothing that this user may see: a folder of the workspace may be gone, too. */
async function realpathOrNone(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

function isInside(file: string, folder: string): boolean {
  const path = relative(folder, file);
  return path !== '' && !path.startsWith('..') && !isAbsolute(path);
}
