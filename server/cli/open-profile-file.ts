import path from 'node:path';
import { ProfilerError } from '../lib/profiler-error.ts';
import type { ReadOptions } from '../profiling/formats/file-capture.ts';
import { type OpenedProfile, openProfile } from '../profiling/formats/read-profile.ts';
import { ProfileFormatError } from '../protocol/profile/profile-format-error.ts';
import { onOneLine } from './foreign-text.ts';
import { profileFileOf } from './kept-profile.ts';
import { readInputFile } from './read-input-file.ts';

export interface ProfileFile extends OpenedProfile {
  /** Where it lies: of a run that was named by its id, in its folder. */
  readonly path: string;
}

export interface ProfileFileOptions extends Omit<ReadOptions, 'name'> {
  /** Where the id of a run is looked up. */
  readonly workspace: string;
}

/** A profile that was named on the command line, by its path or by the id of its run. @throws UsageError, ProfilerError that name it */
export async function openProfileFile(
  given: string,
  { workspace, ...options }: ProfileFileOptions,
): Promise<ProfileFile> {
  const file = await profileFileOf(given, workspace);
  const bytes = await readInputFile(file);
  try {
    return { path: file, ...openProfile(bytes, { ...options, name: path.basename(given) }) };
  } catch (error) {
    throw error instanceof ProfileFormatError ? ofFile(given, error) : error;
  }
}

/** The error of the data itself cannot know in which of several files it is. */
function ofFile(given: string, error: ProfileFormatError): ProfilerError {
  const message = error.message.replace(/^This/, () => onOneLine(given));
  return new ProfilerError(error.code, message, { advice: error.advice, cause: error });
}
