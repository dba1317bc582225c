import type { Replay } from '../../eventstore/event-store.ts';
import type { StoredEvent } from '../../eventstore/storable-event.ts';

/**
 * A replay whose batches take a way of their own.
 * @param current the replay that tells how far they have got
 */
export function replayThrough(
  current: () => Replay,
  batches: () => AsyncGenerator<readonly StoredEvent[]>,
): Replay {
  return {
    get maxSequenceNumber() {
      return current().maxSequenceNumber;
    },
    [Symbol.asyncIterator]: batches,
  };
}
