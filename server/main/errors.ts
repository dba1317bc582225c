import { ProfilerError } from '../lib/profiler-error.ts';

/** Asked for something that the server has only when its database runs. */
export class ServerStartingError extends ProfilerError {
  override readonly name = 'ServerStartingError';

  constructor(step: string | undefined) {
    super('server_starting', `The server is still starting${step === undefined ? '' : `: ${step}`}.`, {
      advice: 'Try again in a moment; GET /api/status tells when it is ready.',
    });
  }
}

/** Asked for something while the server stops. */
export class ServerStoppingError extends ProfilerError {
  override readonly name = 'ServerStoppingError';

  constructor() {
    super('server_stopping', 'The server is stopping.', { advice: 'Start it again.' });
  }
}
