import { setTimeout as sleep } from 'node:timers/promises';
import { OperationCanceledError, QueryTimeoutError } from '../../eventstore/errors.ts';
import type { CallOptions } from '../../eventstore/event-store.ts';

/** Lets the given milliseconds pass; rejects as soon as the signal is aborted. */
export type Delay = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

export const timerDelay: Delay = async (milliseconds, signal) => {
  await sleep(milliseconds, undefined, signal ? { signal } : {});
};

/**
 * Holds a call up on its way, as long as the caller's signal and time-out allow, and gives the options for the rest of it.
 * @throws OperationCanceledError, QueryTimeoutError as the store does: nothing was asked of it yet
 */
export async function heldUp<Options extends CallOptions>(
  options: Options,
  milliseconds: number,
  delay: Delay,
): Promise<Options> {
  const { signal, timeoutMs } = options;
  const isTooLong = timeoutMs !== undefined && timeoutMs <= milliseconds;
  try {
    await delay(isTooLong ? timeoutMs : milliseconds, signal);
  } catch (error) {
    if (signal?.aborted) throw new OperationCanceledError({ cause: signal.reason });
    throw error;
  }
  if (isTooLong) throw new QueryTimeoutError();
  return timeoutMs === undefined ? options : { ...options, timeoutMs: timeoutMs - milliseconds };
}
