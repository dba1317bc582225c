import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { l10n } from 'vscode';
import type { AttachResult } from '../../server/protocol/attach.ts';
import type { ServerClient } from '../../server/protocol/client.ts';
import { decodeProfile } from '../../server/protocol/profile/decode-profile.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { type ProfileResult, runResultSchema } from '../../server/protocol/run.ts';
import { GC_PAUSES_FILE, PROFILE_FILE, RESULT_FILE, RUNS_FOLDER } from '../../server/protocol/run-files.ts';
import { faults } from '../faults.ts';
import { toUserFault } from '../user-fault.ts';

/** A recorded profile with all that a panel needs to show it. */
export interface Recording {
  readonly run: string;
  readonly title: string;
  /** What the panel gets. */
  readonly bytes: ArrayBuffer;
  /** The extension's own reading of it: a panel names frames by index only. */
  readonly profile: Profile;
  readonly result: ProfileResult | AttachResult;
  /** Content of the run's file of pauses; undefined where it has none. The panel checks it. */
  readonly pauses: unknown;
  /** The encoded profile of a worker thread, by the name of its artifact. Rejects with a UserFault where there is none. */
  readonly readThread: (thread: string) => Promise<ArrayBuffer>;
}

export async function recordingFromServer(run: string, client: ServerClient): Promise<Recording> {
  const [bytes, result] = await Promise.all([client.profile(run), client.result(run)]);
  const hasPauses = 'artifacts' in result && result.artifacts.some(({ name }) => name === GC_PAUSES_FILE);
  const pauses = hasPauses ? new TextDecoder().decode(await client.artifact(run, GC_PAUSES_FILE)) : undefined;
  return recording(run, { bytes, result, pauses, read: (file) => client.artifact(run, file) });
}

/**
 * Reads what a server has left in the folder of the run: a panel can thus be restored while no server runs and where
 * none may run. @throws UserFault when it is not there or damaged */
export async function recordingFromDisk(run: string, folder: string): Promise<Recording> {
  if (!/^[\w-]+$/.test(run)) throw faults.profileGone(run);
  const files = join(folder, RUNS_FOLDER, run);
  const read = async (file: string) => new Uint8Array(await readFile(join(files, file))).buffer;
  try {
    const [bytes, result, pauses] = await Promise.all([
      read(PROFILE_FILE),
      readFile(join(files, RESULT_FILE), 'utf8'),
      readFile(join(files, GC_PAUSES_FILE), 'utf8').catch(undefinedIfMissing),
    ]);
    return recording(run, { bytes, result: JSON.parse(result), pauses, read });
  } catch (error) {
    throw isMissing(error) ? faults.profileGone(run) : toUserFault(error);
  }
}

interface RecordedFiles {
  readonly bytes: ArrayBuffer;
  readonly result: unknown;
  readonly pauses: string | undefined;
  readonly read: (file: string) => Promise<ArrayBuffer>;
}

function recording(run: string, { bytes, result, pauses, read }: RecordedFiles): Recording {
  const parsed = runResultSchema.parse(result);
  if (parsed.kind !== 'profile' && parsed.kind !== 'attach') throw faults.profileGone(run);
  return {
    ...{ run, title: titleOf(parsed), bytes, profile: decodeProfile(bytes), result: parsed },
    pauses: pauses === undefined ? undefined : JSON.parse(pauses),
    readThread: async (thread) => {
      // A panel names it: only what the run's own result lists is read.
      if (!threadsOf(parsed).includes(thread)) throw faults.noThread(thread, run);
      try {
        return await read(thread);
      } catch (error) {
        throw isMissing(error) ? faults.profileGone(run) : error;
      }
    },
  };
}

function titleOf(result: Recording['result']): string {
  if (result.kind === 'profile') return l10n.t('{0}: flame graph', result.handler);
  const { program, pid } = result;
  const name = basename(program) || program;
  return l10n.t('{0}: flame graph', pid === undefined ? name : `${name} (${pid})`);
}

function threadsOf(result: Recording['result']): string[] {
  return result.kind === 'profile' ? (result.threads ?? []).map(({ profile }) => profile) : [];
}

function undefinedIfMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
  return undefined;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
