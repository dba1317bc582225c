import { ProfilerError } from '../../lib/profiler-error.ts';
import type { Profile } from '../../protocol/profile/profile.ts';
import { unmapped } from '../sources/source-frame.ts';
import { writeCollapsed } from './collapsed/write-collapsed.ts';
import { writeCpuProfile } from './cpuprofile/write-cpuprofile.ts';
import type { FileCapture } from './file-capture.ts';
import { ProfileTooLargeError } from './output-sink.ts';
import { writePprof } from './pprof/write-pprof.ts';
import { profileOperations, profileToStacks } from './profile-to-stacks.ts';
import { writeSpeedscope } from './speedscope/write-speedscope.ts';

/** The formats that a profile can be written in. */
export const WRITTEN_FORMATS = ['cpuprofile', 'speedscope', 'pprof', 'collapsed'] as const;
export type WrittenFormat = (typeof WRITTEN_FORMATS)[number];

/** What is written: a profile, and the capture that it was read from, where there is one: it knows the lines that ran. */
export interface Writable {
  readonly profile: Profile;
  readonly capture?: FileCapture;
}

/**
 * A profile as the bytes of a file. Every sample is kept; phases are kept where the format has a place for them: under our
 * own key in a `.cpuprofile`, as labels in pprof, as frames in the others. Throws `ProfileTooLargeError`, and
 * `ProfilerError` with the code `unit_not_written` for bytes as a `.cpuprofile`.
 */
export function writeProfile(writable: Writable, format: WrittenFormat): Uint8Array {
  switch (format) {
    case 'cpuprofile':
      return cpuProfile(writable);
    case 'speedscope':
      return writeSpeedscope(writable.profile);
    case 'pprof':
      return writePprof(writable.profile);
    case 'collapsed':
      return writeCollapsed(writable.profile);
  }
}

function cpuProfile({ profile, capture }: Writable): Uint8Array {
  if (profile.unit === 'bytes') {
    throw new ProfilerError('unit_not_written', 'A .cpuprofile holds time; this profile counts bytes.', {
      advice: 'Choose speedscope, pprof or collapsed.',
    });
  }
  const { title, startedAt, samplingIntervalMicros } = profile;
  const traces = capture === undefined ? profileOperations(profile) : (capture.facts.traces ?? []);
  const facts = { title, startedAt, samplingIntervalMicros, traces, mapping: unmapped };
  try {
    return Buffer.from(writeCpuProfile(capture?.stacks ?? profileToStacks(profile), facts));
  } catch (cause) {
    // Longer than a text can be: 512 MiB.
    if (cause instanceof RangeError) throw new ProfileTooLargeError('a .cpuprofile', cause);
    throw cause;
  }
}
