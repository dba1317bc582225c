import path from 'node:path';
import { writeFileAtomically } from '../lib/write-file-atomically.ts';
import type { Artifact } from '../protocol/artifact.ts';
import { encodeProfile } from '../protocol/profile/encode-profile.ts';
import type { Profile } from '../protocol/profile/profile.ts';

/** A file in the folder of a run. */
export interface RunFile {
  readonly name: string;
  readonly mediaType: string;
  readonly data: string | Uint8Array;
}

/** A profile as our own viewer reads it. */
export function profileFile(name: string, profile: Profile): RunFile {
  return { name, mediaType: 'application/octet-stream', data: new Uint8Array(encodeProfile(profile)) };
}

/** Writes what a run leaves behind, in the order of its list. @throws FileFaultError */
export async function writeRunFiles(directory: string, files: readonly RunFile[]): Promise<Artifact[]> {
  const artifacts: Artifact[] = [];
  for (const { name, mediaType, data } of files) {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    await writeFileAtomically(path.join(directory, name), bytes);
    artifacts.push({ name, mediaType, bytes: bytes.byteLength });
  }
  return artifacts;
}
