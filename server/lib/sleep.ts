import { setTimeout as timer } from 'node:timers/promises';

/** Waits, in milliseconds; rejects at once when the signal is aborted. Injected so that tests need not wait. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

export const systemSleep: Sleep = (milliseconds, signal) =>
  timer(milliseconds, undefined, signal === undefined ? {} : { signal });
