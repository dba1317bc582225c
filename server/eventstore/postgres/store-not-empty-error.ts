import { ProfilerError, type ProfilerErrorOptions } from '../../lib/profiler-error.ts';

/** Events of different histories in one store would contradict each other. */
export class StoreNotEmptyError extends ProfilerError {
  override readonly name = 'StoreNotEmptyError';

  constructor(options: ProfilerErrorOptions = {}) {
    super('store_not_empty', 'The event store holds events already; it is only filled when it is empty.', {
      advice: 'Use another workspace (--workspace) or another database.',
      ...options,
    });
  }
}
