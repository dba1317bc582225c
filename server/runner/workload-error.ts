import { ProfilerError } from '../lib/profiler-error.ts';
import type { ErrorResponse } from '../protocol/error-response.ts';

/** The fault that a workload in a process of its own has told. */
export class WorkloadError extends ProfilerError {
  override readonly name = 'WorkloadError';

  constructor({ code, message, advice, field }: ErrorResponse) {
    super(code, message, { ...(advice !== undefined && { advice }), ...(field !== undefined && { field }) });
  }
}
