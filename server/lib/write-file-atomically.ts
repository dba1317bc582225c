import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { fileFault } from './file-fault.ts';

/** Ends the names of files that are being written; whoever finds one later may remove it. */
export const UNFINISHED = '.unfinished';

/**
 * Writes a file so that its path shows the old content or the new one, never a part: into a neighbour first,
 * flushed, then renamed. A symbolic link keeps its place; a device or pipe is written directly.
 * @throws FileFaultError when the place cannot be written; an older file is still there then
 */
export async function writeFileAtomically(
  path: string,
  data: string | Uint8Array,
  options: { readonly mode?: number } = {},
): Promise<void> {
  try {
    const target = await targetOf(path);
    if (!target.regular) return await writeAndFlush(target.path, data, { flags: 'w' });
    const neighbour = `${target.path}.${randomBytes(6).toString('hex')}${UNFINISHED}`;
    try {
      await writeAndFlush(neighbour, data, { flags: 'wx', ...options });
      await rename(neighbour, target.path);
    } catch (error) {
      await rm(neighbour, { force: true });
      throw error;
    }
  } catch (error) {
    throw fileFault(error, path);
  }
}

async function targetOf(path: string): Promise<{ path: string; regular: boolean }> {
  try {
    const resolved = await realpath(path);
    const stats = await stat(resolved);
    return { path: resolved, regular: stats.isFile() || stats.isDirectory() };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { path, regular: true };
    throw error;
  }
}

async function writeAndFlush(
  path: string,
  data: string | Uint8Array,
  options: { readonly flags: string; readonly mode?: number },
): Promise<void> {
  await using file = await open(path, options.flags, options.mode);
  await file.writeFile(data);
  // Without this a power cut after the rename can leave an empty file under the final name. Pipes cannot be flushed.
  if (options.flags === 'wx') await file.sync();
}
