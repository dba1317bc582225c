import type { Run, RunResult } from '../protocol/run.ts';
import { NoResultError, UnknownArtifactError } from './errors.ts';
import type { RunDirectory } from './run-directory.ts';

export interface ArtifactFile {
  readonly path: string;
  readonly bytes: number;
  readonly mediaType: string;
}

/** The kept result of a run, be it of what was done before it ended early. @throws NoResultError when it goes on, or ended without one */
export async function readResult(run: Run, directory: RunDirectory): Promise<RunResult> {
  if (run.endedAt === undefined) throw noResult(run);
  const result = await directory.readResult(run.id);
  if (result) return result;
  if (run.state !== 'succeeded') throw noResult(run);
  throw new NoResultError('result_lost', `The result of run ${run.id} is no longer on the disk.`, {
    advice: 'Start the run again.',
  });
}

/** Where a file of a run lies. Only what the result lists is given out. @throws NoResultError, UnknownArtifactError */
export async function findArtifact(run: Run, name: string, directory: RunDirectory): Promise<ArtifactFile> {
  const result = await readResult(run, directory);
  const artifacts = 'artifacts' in result ? result.artifacts : [];
  const artifact = artifacts.find((candidate) => candidate.name === name);
  const file = artifact && (await directory.findFile(run.id, artifact.name));
  if (!artifact || !file) throw new UnknownArtifactError(run.id, name);
  return { ...file, mediaType: artifact.mediaType };
}

function noResult(run: Run): NoResultError {
  if (run.endedAt === undefined) {
    return new NoResultError(
      'not_finished',
      `Run ${run.id} is ${run.state}; its result comes when it is done.`,
      {
        advice: `Follow GET /api/runs/${run.id}/events until "done".`,
      },
    );
  }
  const why = run.error?.message ?? 'It was ended before it was done.';
  const advice = run.error?.advice;
  return new NoResultError('no_result', `Run ${run.id} ${howItEnded(run)} and has no result. ${why}`, {
    ...(advice === undefined ? {} : { advice }),
  });
}

function howItEnded(run: Run): string {
  return run.state === 'cancelled' ? 'was cancelled' : 'failed';
}
