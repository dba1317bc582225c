import { ProfilerError } from '../lib/profiler-error.ts';

/** There is no run with this id. */
export class UnknownRunError extends ProfilerError {
  override readonly name = 'UnknownRunError';

  constructor(id: string) {
    super('unknown_run', `There is no run ${JSON.stringify(id.slice(0, 60))}.`, {
      advice: 'GET /api/runs lists the runs that are kept.',
    });
  }
}

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

/** The process of a run ended without saying how the run ended. */
export class RunnerCrashedError extends ProfilerError {
  override readonly name = 'RunnerCrashedError';
}
