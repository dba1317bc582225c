import { ProfilerError } from '../lib/profiler-error.ts';

/** Operation traces that cannot belong to the capture: another time, or overlapping where time can belong to one only. */
export class TraceMismatchError extends ProfilerError {
  override readonly name = 'TraceMismatchError';

  constructor(where: string, problem: string) {
    super('trace_mismatch', `The operation traces do not fit the profile: ${where} ${problem}.`, {
      advice: 'Record the profile again, one operation after the other.',
    });
  }
}
