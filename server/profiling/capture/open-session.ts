import { Session } from 'node:inspector/promises';
import { ProfilerError } from '../../lib/profiler-error.ts';

/** A session with V8's profilers in this thread. @throws ProfilerError on a Node.js without an inspector */
export function openSession(): Session {
  try {
    const session = new Session();
    session.connect();
    return session;
  } catch (cause) {
    throw new ProfilerError('profiler_unavailable', 'The profilers of this process cannot be reached.', {
      advice: 'Run handlers on a Node.js that was built with the inspector.',
      cause,
    });
  }
}
