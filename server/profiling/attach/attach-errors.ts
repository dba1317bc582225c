import { ProfilerError, type ProfilerErrorOptions } from '../../lib/profiler-error.ts';

export type AttachFault =
  | 'attach_bad_target'
  | 'attach_not_local'
  | 'attach_no_process'
  | 'attach_not_node'
  | 'attach_not_allowed'
  | 'attach_inspector_disabled'
  | 'attach_no_inspector'
  | 'attach_other_process'
  | 'attach_no_answer'
  | 'attach_ended'
  | 'attach_refused';

/** A process could not be recorded from outside. */
export class AttachError extends ProfilerError {
  override readonly name = 'AttachError';

  constructor(code: AttachFault, message: string, options: ProfilerErrorOptions = {}) {
    super(code, message, NOT_OF_TARGET.has(code) ? options : { field: 'target', ...options });
  }
}

/** What goes wrong with a process that was the right one. */
const NOT_OF_TARGET: ReadonlySet<AttachFault> = new Set<AttachFault>([
  'attach_no_answer',
  'attach_ended',
  'attach_refused',
]);
