import { readFile } from 'node:fs/promises';
import { ProfilerError } from '../lib/profiler-error.ts';
import { UsageError } from './usage-error.ts';

const SENTENCES = new Map([
  ['ENOENT', 'does not exist'],
  ['ENOTDIR', 'does not exist'],
  ['EISDIR', 'is a folder'],
]);

/** The bytes of a file that was named on the command line. @throws UsageError, ProfilerError */
export async function readInputFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const sentence = SENTENCES.get(code);
    if (sentence !== undefined) throw new UsageError(`${file} ${sentence}.`, 'Give the path of a profile.');
    if (code === 'ERR_FS_FILE_TOO_LARGE') {
      throw new ProfilerError('file_too_large', `${file} is larger than can be read: 1,024 MiB.`, {
        advice: 'Record for a shorter time or with a longer sampling interval.',
        cause,
      });
    }
    throw new ProfilerError('file_not_readable', `${file} cannot be read (${code}).`, {
      advice: 'Check that this user may read it.',
      cause,
    });
  }
}
