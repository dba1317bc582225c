import { ProfilerError } from '../lib/profiler-error.ts';

/** The library holds nothing, or nothing more, that a command could lawfully be given. */
export class NoInputError extends ProfilerError {
  override readonly name = 'NoInputError';

  /** @param lack what the library would need to have, as the end of a sentence */
  constructor(handler: string, lack: string) {
    super('no_input', `There is nothing to do for ${handler}: ${lack}.`, {
      advice: 'Fill the event store with more of a library first, or give an input of your own.',
      field: 'handler',
    });
  }
}
