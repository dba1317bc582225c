import {
  EventStoreUnavailableError,
  OperationCanceledError,
  UnknownOutcomeError,
} from '../../eventstore/errors.ts';
import { ProfilerError } from '../../lib/profiler-error.ts';

/** The database was gone for longer than the simulation waits for one. */
export class DatabaseGoneError extends ProfilerError {
  override readonly name = 'DatabaseGoneError';

  constructor(seconds: number, cause: unknown) {
    super('database_gone', `The database did not come back within ${seconds} s; the simulation has ended.`, {
      advice:
        'See whether PostgreSQL runs and can be reached. What was done by then is in its summary; allow a longer outage to wait longer.',
      cause,
    });
  }
}

/** The code that says most about what went wrong: of retries that were in vain, that of the last fault. */
export function codeOf(fault: unknown): string {
  const root = rootOf(fault);
  return root instanceof ProfilerError ? root.code : 'internal';
}

export function isUnknownOutcome(fault: unknown): boolean {
  return rootOf(fault) instanceof UnknownOutcomeError;
}

export function isCancellation(fault: unknown): boolean {
  return rootOf(fault) instanceof OperationCanceledError;
}

/** Whether the next operation will most likely fare no better. */
export function isUnavailable(fault: unknown): boolean {
  const root = rootOf(fault);
  return root instanceof EventStoreUnavailableError || root instanceof UnknownOutcomeError;
}

/** What retries were given up for. */
function rootOf(fault: unknown): unknown {
  const isExhausted = fault instanceof ProfilerError && fault.code === 'retries_exhausted';
  return isExhausted ? rootOf(fault.cause) : fault;
}
