import { ProfilerError } from '../lib/profiler-error.ts';

/** The command line says something that cannot be done. */
export class UsageError extends ProfilerError {
  override readonly name = 'UsageError';

  constructor(message: string, advice: string) {
    super('usage', message, { advice });
  }
}
