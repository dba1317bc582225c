import type { Profile } from '../../../protocol/profile/profile.ts';
import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import { stacksToProfile } from '../../stacks-to-profile.ts';
import { EXTENSION_KEY, readExtension } from './cpuprofile-extension.ts';
import { cpuProfileToStacks } from './cpuprofile-to-stacks.ts';
import { expectObject } from './json-checks.ts';

/**
 * Reads the text of a `.cpuprofile`: one of ours with its phases, any other as time outside of operations.
 * Untrusted input: nothing that it names is opened. Throws `ProfileFormatError` with the place, or
 * `TraceMismatchError` when its operations do not fit its samples.
 */
export function readCpuProfile(text: string, title: string): Profile {
  const value = expectObject('profile', parse(text));
  const extension = readExtension(value[EXTENSION_KEY]);
  const stacks = cpuProfileToStacks(value);
  if (extension === undefined) return stacksToProfile(stacks, { title, startedAt: '' });
  return stacksToProfile(stacks, { ...extension, traces: extension.operations });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProfileFormatError('the text', `it is no JSON (${reason})`, { cause });
  }
}
