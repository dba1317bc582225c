import { ProfilerError, type ProfilerErrorOptions } from '../../lib/profiler-error.ts';

/** A setting of the configuration or the environment that cannot be what was intended; `field` names it. */
export class InvalidSettingError extends ProfilerError {
  override readonly name = 'InvalidSettingError';

  constructor(message: string, options: ProfilerErrorOptions = {}) {
    super('invalid_setting', message, options);
  }
}
