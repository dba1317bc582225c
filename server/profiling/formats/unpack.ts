import { gunzipSync } from 'node:zlib';
import { ProfileFormatError } from '../../protocol/profile/profile-format-error.ts';

const MIB = 2 ** 20;

/** Places in a file are 32-bit numbers. */
const MAX_BYTES = 1024 * MIB;

/**
 * Profiles shrink to a tenth, repetitive ones to a fiftieth. What grows a hundred times and by more than this is made to
 * fill the memory: 1 MB of gzip can hold 1 GB.
 */
const FREE_BYTES = 64 * MIB;
const MAX_GROWTH = 100;

/** The bytes to read: unpacked where they are gzip, as UTF-8 without a mark where they are text of Windows. */
export function unpack(bytes: Uint8Array): Uint8Array {
  const unpacked = isGzip(bytes) ? gunzip(bytes) : bytes;
  if (isGzip(unpacked)) {
    throw new ProfileFormatError('the gzip data', 'it is packed twice', {
      advice: 'Unpack it once (gunzip).',
    });
  }
  if (unpacked.length > MAX_BYTES) throw tooLarge('it has more', MAX_BYTES);
  if (unpacked.length === 0) {
    throw new ProfileFormatError('byte 0', 'the file is empty', {
      advice: 'Record the profile again, and wait until the program that writes it has ended.',
    });
  }
  return asUtf8(unpacked);
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function gunzip(bytes: Uint8Array): Uint8Array {
  const limit = Math.min(MAX_BYTES, FREE_BYTES + MAX_GROWTH * bytes.length);
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge(`${bytes.length.toLocaleString('en-US')} bytes of gzip hold more`, limit);
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProfileFormatError('the gzip data', `it cannot be unpacked (${reason})`, {
      advice: 'The file is damaged or was cut off. Copy or record it again.',
      cause,
    });
  }
}

function tooLarge(problem: string, limit: number): ProfileFormatError {
  return new ProfileFormatError('the file', `${problem} than can be read: ${inMib(limit)} MiB`, {
    advice: 'Record for a shorter time or with a longer sampling interval.',
  });
}

function inMib(bytes: number): string {
  return Math.floor(bytes / MIB).toLocaleString('en-US');
}

/** PowerShell writes UTF-16 when the output of a tool is sent to a file. */
function asUtf8(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3);
  if (bytes[0] !== 0xff || bytes[1] !== 0xfe) return bytes;
  if (bytes.length > MAX_BYTES / 4) throw tooLarge('it has more of UTF-16', MAX_BYTES / 4);
  return new TextEncoder().encode(new TextDecoder('utf-16le').decode(bytes));
}
