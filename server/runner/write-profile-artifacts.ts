import path from 'node:path';
import { writeFileAtomically } from '../lib/write-file-atomically.ts';
import type { Artifact } from '../protocol/artifact.ts';
import { encodeProfile } from '../protocol/profile/encode-profile.ts';
import type { Profile } from '../protocol/profile/profile.ts';
import { CPU_PROFILE_FILE, PROFILE_FILE } from '../protocol/run-files.ts';

/**
 * Writes both forms of a profile: `profile.cpuprofile` for other viewers, `profile.espp` for ours.
 * @throws FileFaultError
 */
export async function writeProfileArtifacts(
  directory: string,
  { profile, cpuProfileJson }: { readonly profile: Profile; readonly cpuProfileJson: string },
): Promise<Artifact[]> {
  const files = [
    { name: CPU_PROFILE_FILE, mediaType: 'application/json', data: Buffer.from(cpuProfileJson) },
    {
      name: PROFILE_FILE,
      mediaType: 'application/octet-stream',
      data: new Uint8Array(encodeProfile(profile)),
    },
  ];
  const artifacts: Artifact[] = [];
  for (const { name, mediaType, data } of files) {
    await writeFileAtomically(path.join(directory, name), data);
    artifacts.push({ name, mediaType, bytes: data.byteLength });
  }
  return artifacts;
}
