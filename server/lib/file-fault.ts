import { ProfilerError } from './profiler-error.ts';

interface Sentence {
  readonly code: string;
  readonly message: (path: string) => string;
  readonly advice: string;
}

const notWritable: Sentence = {
  code: 'not_writable',
  message: (path) => `${path} cannot be written: this user is not allowed to.`,
  advice: 'Make the folder writable for this user, or choose another place.',
};

const diskFull: Sentence = {
  code: 'disk_full',
  message: (path) => `${path} cannot be written: the disk is full.`,
  advice: 'Free some space and try again. What was written before is still there.',
};

const notAFolder: Sentence = {
  code: 'not_a_folder',
  message: (path) => `${path} cannot be written: a part of its path is a file, not a folder.`,
  advice: 'Remove that file or choose another place.',
};

const sentences: Readonly<Record<string, Sentence>> = {
  EACCES: notWritable,
  EPERM: notWritable,
  EROFS: notWritable,
  ENOSPC: diskFull,
  EDQUOT: diskFull,
  ENOTDIR: notAFolder,
  EEXIST: notAFolder,
  ENOENT: {
    code: 'no_such_folder',
    message: (path) => `${path} cannot be written: its folder does not exist.`,
    advice: 'Create the folder first or choose another place.',
  },
  EISDIR: {
    code: 'is_a_folder',
    message: (path) => `${path} cannot be written: it is a folder.`,
    advice: 'Give the name of a file.',
  },
};

/** A file or folder could not be written. `code` is stable: `disk-full`, `not-writable`, … */
class FileFaultError extends ProfilerError {
  override readonly name = 'FileFaultError';
}

/** The sentence for a file system error; an error that is none comes back as it is. */
export function fileFault(error: unknown, path: string): unknown {
  const errno = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (errno === undefined || error instanceof ProfilerError) return error;
  const sentence = sentences[errno];
  if (sentence === undefined) {
    return new FileFaultError('file_fault', `${path} cannot be written (${errno}).`, { cause: error });
  }
  return new FileFaultError(sentence.code, sentence.message(path), { advice: sentence.advice, cause: error });
}
