import { InvalidOptionError } from '../errors.ts';
import type { CallOptions } from '../event-store.ts';

/**
 * The options for every statement of one call, which begins now: `timeoutMs` is what is left of the call's time whenever
 * it is asked for, down to 0. Nothing is made for a call that may take as long as it likes.
 * @throws InvalidOptionError for a time that cannot be
 */
export function withinOneCall<Options extends CallOptions>(options: Options): Options {
  if (options.timeoutMs === undefined) return options;
  const end = performance.now() + validTimeout(options.timeoutMs);
  return Object.defineProperty({ ...options }, 'timeoutMs', {
    get: () => Math.max(0, end - performance.now()),
  });
}

// Node takes a longer time, or none, for 1 ms.
const longestTimeout = 2 ** 31 - 1;

/** @throws InvalidOptionError */
export function validTimeout(timeoutMs: number): number {
  if (timeoutMs >= 0 && timeoutMs <= longestTimeout) return timeoutMs;
  throw new InvalidOptionError(`A call cannot be given ${timeoutMs} ms.`, {
    advice: `Give 0 to ${longestTimeout} ms, or leave timeoutMs out to wait without end.`,
    field: 'timeoutMs',
  });
}
