import { OperationCanceledError } from '../../eventstore/errors.ts';
import type { Random } from '../../lib/random.ts';
import type { Injection } from './injection.ts';

/** A command or query together with whatever it waits for, its retries included. */
export type Request<Answer> = (signal: AbortSignal) => Promise<Answer>;

export interface Cancelling {
  readonly cancelled: Injection;
  readonly cancelWithinMs: number;
  readonly random: Random;
}

/**
 * Makes a request whose signal may be aborted at some moment. One that ended sooner is made up for by a request that is
 * aborted when it begins. What the request comes to is handed on as it is: an append that was faster is stored.
 */
export async function cancelling<Answer>(
  request: Request<Answer>,
  signal: AbortSignal,
  { cancelled, cancelWithinMs, random }: Cancelling,
): Promise<Answer> {
  const attempt = cancelled.next();
  if (!attempt) return request(signal);
  const aborter = new AbortController();
  const abort = () => aborter.abort(new OperationCanceledError());
  const passOn = () => aborter.abort(signal.reason);
  // By hand: what AbortSignal.any() makes would hang on a signal that lives as long as the whole run.
  signal.addEventListener('abort', passOn);
  if (signal.aborted) passOn();
  const timer = attempt.isOverdue ? undefined : setTimeout(abort, random.fraction() * cancelWithinMs);
  if (attempt.isOverdue) abort();
  let fault: unknown;
  try {
    return await request(aborter.signal);
  } catch (error) {
    fault = error;
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', passOn);
    if (isCancellation(fault) && !signal.aborted) attempt.happened(fault);
    else attempt.cameToNothing();
  }
}

function isCancellation(fault: unknown): boolean {
  if (fault instanceof OperationCanceledError) return true;
  return fault instanceof Error && isCancellation(fault.cause);
}
