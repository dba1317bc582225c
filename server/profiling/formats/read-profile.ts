import { decodeProfile } from '../../protocol/profile/decode-profile.ts';
import type { Profile } from '../../protocol/profile/profile.ts';
import { ProfileFormatError } from '../../protocol/profile/profile-format-error.ts';
import { stacksToProfile } from '../stacks-to-profile.ts';
import { expectOnlyProfile } from './choose-profile.ts';
import { readChromeTrace } from './chrome-trace/read-chrome-trace.ts';
import { readCollapsed } from './collapsed/read-collapsed.ts';
import { readCpuProfile } from './cpuprofile/read-cpuprofile.ts';
import { detectFormat } from './detect-format.ts';
import type { FileCapture, ReadOptions } from './file-capture.ts';
import type { FileFormat } from './file-format.ts';
import { readHeapProfile } from './heapprofile/read-heapprofile.ts';
import { readPprof } from './pprof/read-pprof.ts';
import { readSpeedscope } from './speedscope/read-speedscope.ts';
import { refusalOfGuess } from './unknown-format.ts';
import { unpack } from './unpack.ts';
import { readPreprocessedLog } from './v8-log/read-preprocessed-log.ts';
import { readV8Log } from './v8-log/read-v8-log.ts';

/** What a file was and what it holds. */
export interface OpenedProfile {
  readonly format: FileFormat;
  readonly profile: Profile;
  /** As the file told it, before it was cut by phases; absent for a profile of our own storage. */
  readonly capture?: FileCapture;
}

/**
 * Reads a profile of any known format, gzip or not. Untrusted input: nothing that it names is opened, and what cannot
 * be drawn as it stands is refused with a `ProfileFormatError` (or a `TraceMismatchError` where operations do not fit
 * the samples) that says what is wrong and where.
 */
export function readProfile(bytes: Uint8Array, options: ReadOptions): Profile {
  return openProfile(bytes, options).profile;
}

/** As `readProfile`, and tells what the file was. */
export function openProfile(bytes: Uint8Array, options: ReadOptions): OpenedProfile {
  const unpacked = unpack(bytes);
  const format = detectFormat(unpacked);
  if (!HOLD_SEVERAL.has(format)) expectOnlyProfile(options);
  if (format === 'espp') return { format, profile: decodeProfile(alone(unpacked)) };
  const capture = readAs(format, unpacked, options);
  return { format, capture, profile: stacksToProfile(capture.stacks, capture.facts) };
}

function readAs(format: Exclude<FileFormat, 'espp'>, bytes: Uint8Array, options: ReadOptions): FileCapture {
  try {
    return READERS[format](bytes, options);
  } catch (error) {
    const isGuess = format === 'pprof' || format === 'collapsed';
    throw isGuess && error instanceof ProfileFormatError ? refusalOfGuess(bytes, format, error) : error;
  }
}

const HOLD_SEVERAL: ReadonlySet<FileFormat> = new Set(['chrome-trace', 'speedscope', 'pprof']);

type Reader = (bytes: Uint8Array, options: ReadOptions) => FileCapture;

const READERS: Readonly<Record<Exclude<FileFormat, 'espp'>, Reader>> = {
  cpuprofile: (bytes, { name }) => readCpuProfile(bytes, name),
  heapprofile: readHeapProfile,
  'chrome-trace': readChromeTrace,
  'v8-log': readV8Log,
  'v8-log-json': readPreprocessedLog,
  speedscope: readSpeedscope,
  pprof: readPprof,
  collapsed: readCollapsed,
};

/** The columns of a stored profile lie on its buffer, which must begin where the profile does. */
function alone(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  if (buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength) return buffer;
  return Uint8Array.from(bytes).buffer;
}
