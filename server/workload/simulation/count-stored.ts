import type { SequenceNumber } from '../../eventstore/storable-event.ts';
import { describeError } from '../../lib/describe-error.ts';
import type { Pace } from './pace.ts';

export interface CountingOptions {
  readonly countStored: (after: SequenceNumber) => Promise<number>;
  readonly after: SequenceNumber;
  readonly pace: Pace;
  /** Whether somebody waits for it. */
  readonly isUrgent: boolean;
  readonly log: (line: string) => void;
}

// The connection that is used for it may be one of those that have just broken; who stopped it does not want to wait.
const PATIENCE_MICROS = 60e6;
const URGENT_PATIENCE_MICROS = 1.5e6;
const PAUSE_MICROS = 250_000;

const forever = new AbortController().signal;

/** Undefined when the database cannot be asked, or does not answer in time; then it is told why. */
export async function countStoredEvents(options: CountingOptions): Promise<number | undefined> {
  const { pace, isUrgent, log } = options;
  const now = () => pace.clock.monotonicMicros();
  const deadline = now() + (isUrgent ? URGENT_PATIENCE_MICROS : PATIENCE_MICROS);
  let why = 'it does not answer.';
  while (now() < deadline) {
    const counted = await counting(options, deadline);
    if (typeof counted === 'number') return counted;
    why = counted ?? why;
    await pace.sleepUntil(now() + PAUSE_MICROS, forever);
  }
  log(`The events in the store could not be counted: ${why}`);
  return undefined;
}

/** Why not, as a sentence; undefined when the time was up. */
async function counting(
  { countStored, after, pace }: CountingOptions,
  deadline: number,
): Promise<number | string | undefined> {
  const over = new AbortController();
  const counted = countStored(after).catch((error: unknown) => describeError(error).message);
  const timeout = pace.sleepUntil(deadline, over.signal).then(() => undefined);
  return await Promise.race([counted, timeout]).finally(() => over.abort());
}
