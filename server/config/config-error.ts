import { ProfilerError } from '../lib/profiler-error.ts';

/** Why a config file, or a handler that it names, cannot be used. The code tells the kinds apart. */
export class ConfigError extends ProfilerError {
  override readonly name = 'ConfigError';
}
