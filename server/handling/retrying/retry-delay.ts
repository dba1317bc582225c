import type { Random } from '../../lib/random.ts';
import type { RetrySettings } from './retry-settings.ts';

/**
 * How long to wait before a retry, in milliseconds, n being 1 for the first retry and u drawn from 0 to 1:
 *
 *     centre = min(baseDelayMs × factor^(n − 1), maxDelayMs ÷ (1 + jitter))
 *     delay  = centre × (1 + jitter × (2u − 1))
 *
 * The delays lie evenly within ± jitter of the centre and never above `maxDelayMs`: cutting off what lies above would
 * send many writers back at the same moment, which is what jitter is there to prevent. With the defaults the centres are
 * 10, 20, 40, 80 and 160 ms, together 310 ms.
 */
export function retryDelay(
  retry: number,
  { baseDelayMs, factor, maxDelayMs, jitter }: RetrySettings,
  random: Random,
): number {
  const centre = Math.min(baseDelayMs * factor ** (retry - 1), maxDelayMs / (1 + jitter));
  return centre * (1 + jitter * (2 * random.fraction() - 1));
}
