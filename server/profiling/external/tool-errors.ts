import { ProfilerError, type ProfilerErrorOptions } from '../../lib/profiler-error.ts';

/** An external tool could not record or draw what it should. `code` tells which way. */
export class ToolError extends ProfilerError {
  override readonly name = 'ToolError';

  constructor(
    code:
      | 'tool_missing'
      | 'tool_unusable'
      | 'tool_crashed'
      | 'tool_timed_out'
      | 'tool_found_nothing'
      | 'disk_full',
    message: string,
    options: ProfilerErrorOptions = {},
  ) {
    super(code, message, options);
  }
}
