import path from 'node:path';
import type { Profile } from '../../protocol/profile/profile.ts';
import { CPU_PROFILE_FILE, HEAP_PROFILE_FILE } from '../../protocol/run-files.ts';
import { readHeapProfile } from '../formats/heapprofile/read-heapprofile.ts';
import { buildProfileArtifacts } from '../profile-workload.ts';
import { loadSourceMapping } from '../sources/source-mapping.ts';
import { stacksToProfile } from '../stacks-to-profile.ts';
import type { AttachedCapture } from './attach-and-record.ts';

export interface AttachedProfile {
  readonly profile: Profile;
  /** The capture in the format that other viewers read. */
  readonly file: { readonly name: string; readonly mediaType: string; readonly data: string };
}

export interface AttachedFacts {
  readonly samplingIntervalMicros: number;
  /** Told what could not be mapped to sources, in sentences. */
  readonly log: (message: string) => void;
}

/** What was recorded of another process as a profile, its frames mapped to their sources where those can be read here. */
export async function attachedProfile(
  capture: AttachedCapture,
  { samplingIntervalMicros, log }: AttachedFacts,
): Promise<AttachedProfile> {
  const { recorded, startedAt } = capture;
  const title = `${path.basename(capture.program)}${capture.pid === undefined ? '' : `, process ${capture.pid}`}`;
  if (recorded.kind === 'v8-heap') {
    const data = JSON.stringify(recorded.heapProfile);
    const { stacks } = readHeapProfile(Buffer.from(data), { name: title });
    const mapping = await loadSourceMapping(stacks.callFrames, { log });
    const facts = { title, startedAt, mapping, source: 'v8-heap', unit: 'bytes' } as const;
    return { profile: stacksToProfile(stacks, facts), file: jsonFile(HEAP_PROFILE_FILE, data) };
  }
  const { profile, cpuProfileJson } = await buildProfileArtifacts({
    capture: { ...recorded, startedAt, samplingIntervalMicros, clockOffsetMicros: 0, workers: [], lost: [] },
    traces: [],
    title,
    log,
  });
  return { profile, file: jsonFile(CPU_PROFILE_FILE, cpuProfileJson) };
}

function jsonFile(name: string, data: string): AttachedProfile['file'] {
  return { name, mediaType: 'application/json', data };
}
