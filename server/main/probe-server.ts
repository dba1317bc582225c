import * as z from 'zod';
import { createServerClient } from '../protocol/client.ts';
import { ServerRequestError } from '../protocol/server-request-error.ts';

/**
 * - `alive`: the server answers.
 * - `stopping`: it answers, and will be gone in a moment.
 * - `silent`: its process exists and the port is open, but nothing comes (it hangs, or was suspended).
 * - `gone`: nobody listens there, or somebody else does.
 */
export type ServerPresence = 'alive' | 'stopping' | 'silent' | 'gone';

// A live server answers in milliseconds, also while it starts; on a machine under load give it time.
const ANSWER_WITHIN_MS = 3000;

/** Asks whether the server that a record tells of is there. A reused process id or port does not deceive it. */
export async function probeServer(record: {
  readonly pid: number;
  readonly url: string;
  readonly token: string;
}): Promise<ServerPresence> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    const status = await createServerClient(record).status({ signal });
    if (status.pid !== record.pid) return 'gone';
    return status.state === 'stopping' ? 'stopping' : 'alive';
  } catch (error) {
    if (signal.aborted) return processExists(record.pid) ? 'silent' : 'gone';
    // No connection, or an answer that none of our servers gives to this token.
    if (error instanceof ServerRequestError || error instanceof z.core.$ZodError) return 'gone';
    throw error;
  }
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
