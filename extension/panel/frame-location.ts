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
  const file = await existing(toPath(url));
  const roots = await Promise.all(folders.map(existing));
  if (!roots.some((root) => isInside(file, root))) throw faults.foreignSource(file);
  return { file, line: Math.max(1, frames.line[frame] ?? 1), column: Math.max(1, frames.column[frame] ?? 1) };
}

function toPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    // A file of another machine or a malformed address.
    if (error instanceof TypeError) throw faults.foreignSource(url);
    throw error;
  }
}

async function existing(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (error instanceof Error) throw faults.missingSource(path);
    throw error;
  }
}

function isInside(file: string, folder: string): boolean {
  const path = relative(folder, file);
  return path !== '' && !path.startsWith('..') && !isAbsolute(path);
}
