import { AttachError } from './attach-errors.ts';
import type { InspectorSession } from './inspector-session.ts';

/*
 * Closing waits for its connections, and this one hangs up only afterwards: so the process does it a moment later.
 * `require` is none of its globals in ES modules; `getBuiltinModule` came with Node.js 22.3.
 */
const CLOSE = `setTimeout(() => {
  const load = process.getBuiltinModule ?? require;
  load('inspector').close();
}, 50).unref(); 0`;

const CLOSE_WITHIN_MS = 2_000;

/** Lets a process close its inspector. One that does not answer does it when it wakes: it has been told. */
export async function closeInspector(session: InspectorSession, withinMs = CLOSE_WITHIN_MS): Promise<void> {
  try {
    await session.evaluate(CLOSE, withinMs);
  } catch (error) {
    // One that is gone has no inspector any more.
    if (!(error instanceof AttachError)) throw error;
  }
}
