import { ProfilerError } from '../lib/profiler-error.ts';
import type { Run } from '../protocol/run.ts';

/** There is no run with this id. */
export class UnknownRunError extends ProfilerError {
  override readonly name = 'UnknownRunError';

  constructor(id: string) {
    super('unknown_run', `There is no run ${JSON.stringify(id.slice(0, 60))}.`, {
      advice: 'GET /api/runs lists the runs that are kept.',
    });
  }
}

/** The folder of the kept runs cannot be read. */
export class UnreadableRunsError extends ProfilerError {
  override readonly name = 'UnreadableRunsError';

  constructor(folder: string, cause: unknown) {
    const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    const why = reasons[errno] ?? errno;
    super('runs_unreadable', `The kept runs in ${folder} cannot be read: ${why}.`, {
      advice: 'Make the folder readable for this user, or name another workspace.',
      cause,
    });
  }
}

/** A file of one kept run, or its folder, cannot be read. The others can. */
export class UnreadableRunError extends ProfilerError {
  override readonly name = 'UnreadableRunError';

  /** @param folder of the run */
  constructor(place: string, folder: string, cause: NodeJS.ErrnoException) {
    const errno = cause.code ?? 'unknown';
    super('run_unreadable', `${place} cannot be read: ${reasons[errno] ?? errno}.`, {
      advice: FORBIDDEN.has(errno)
        ? `A run that another user started, as with sudo, is theirs: make ${folder} yours (sudo chown -R), or remove it.`
        : `Remove ${folder}, or put back what it held.`,
      cause,
    });
  }
}

const NOT_ALLOWED = 'this user is not allowed to';
const FORBIDDEN: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);

const reasons: Readonly<Record<string, string>> = {
  EACCES: NOT_ALLOWED,
  EPERM: NOT_ALLOWED,
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder, not a file',
  ELOOP: 'its links lead in a circle',
};

/** The run has no result: it goes on, or it ended without one. */
export class NoResultError extends ProfilerError {
  override readonly name = 'NoResultError';
}

/** The run has no such file. */
export class UnknownArtifactError extends ProfilerError {
  override readonly name = 'UnknownArtifactError';

  constructor(id: string, name: string) {
    super('unknown_artifact', `Run ${id} has no file ${JSON.stringify(name.slice(0, 60))}.`, {
      advice: `GET /api/runs/${id}/result lists its files.`,
    });
  }
}

/** Too many runs wait already. */
export class QueueFullError extends ProfilerError {
  override readonly name = 'QueueFullError';

  constructor(waiting: number) {
    super('queue_full', `${waiting} runs are waiting already; no more are taken.`, {
      advice: 'Wait until some have ended, or cancel those that are not needed.',
    });
  }
}

/** Only a profile that is being recorded can end early and keep what it has. */
export class NotStoppableError extends ProfilerError {
  override readonly name = 'NotStoppableError';

  constructor({ id, state, request }: Run) {
    const why = state === 'queued' ? 'it has not begun' : `a ${request.kind} has no use for half of it`;
    super('not_stoppable', `Run ${id} cannot be stopped to keep what it has: ${why}.`, {
      advice: 'Wait until it runs or is over, or cancel it.',
    });
  }
}

/** The process of a run ended without saying how the run ended. */
export class RunnerCrashedError extends ProfilerError {
  override readonly name = 'RunnerCrashedError';
}
