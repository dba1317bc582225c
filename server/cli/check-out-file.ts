import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileFault } from '../lib/file-fault.ts';
import { UsageError } from './usage-error.ts';

/**
 * Sees before a long run whether its profile can be written there: without `force` a file that is there already is kept.
 * @throws UsageError, FileFaultError
 */
export async function checkOutFile(out: string, force: boolean): Promise<void> {
  if (out === '') throw new UsageError('--out needs the name of a file.', 'For example --out x.cpuprofile.');
  try {
    const kind = await kindOf(out);
    if (kind === 'folder') {
      throw new UsageError(`--out needs the name of a file; ${out} is a folder.`, 'Add the name of a file.');
    }
    if (kind === 'file' && !force) {
      const advice = 'Add --force to write over it, or name another file as --out.';
      throw new UsageError(`${out} is there already.`, advice);
    }
    if (kind === 'file') await access(out, constants.W_OK);
    // The file is written into a neighbour and renamed, so its folder must be writable as well; devices are not.
    if (kind !== 'device') await access(path.dirname(out), constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw fileFault(error, out);
  }
}

async function kindOf(place: string): Promise<'file' | 'folder' | 'device' | 'nothing'> {
  try {
    const stats = await stat(place);
    if (stats.isDirectory()) return 'folder';
    return stats.isFile() ? 'file' : 'device';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'nothing';
    throw error;
  }
}
