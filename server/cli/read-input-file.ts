import { readFile } from 'node:fs/promises';
import { ProfilerError } from '../lib/profiler-error.ts';
import { UsageError } from './usage-error.ts';

const WANTED =
  'Give the path of a profile, or the id of a run that has one: "eventstore-profiler runs" lists them.';

const SENTENCES = new Map<string, readonly [problem: string, advice: string]>([
  ['ENOENT', ['does not exist', WANTED]],
  ['ENOTDIR', ['does not exist', WANTED]],
  [
    'EISDIR',
    ['is a folder', 'Give the path of a profile in it; in a folder of 0x that is isolate-…-v8.log.json.'],
  ],
]);

/** The bytes of a file that was named on the command line. @throws UsageError, ProfilerError */
export async function readInputFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const known = SENTENCES.get(code);
    if (known !== undefined) throw new UsageError(`${file} ${known[0]}.`, known[1]);
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
