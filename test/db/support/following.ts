import assert from 'node:assert/strict';
import type { EventFilter } from '../../../server/eventstore/event-filter.ts';
import type { EventStore, ReadOptions } from '../../../server/eventstore/event-store.ts';
import type { StoredEvent } from '../../../server/eventstore/storable-event.ts';
import type { Writers } from './slow-writers.ts';

/** One read of a follower: everything above `after` that it was given, and how far that is complete. */
export interface Reading {
  readonly after: number;
  readonly upTo: number;
  readonly given: readonly StoredEvent[];
}

export type Read = (filter: EventFilter) => Promise<Omit<Reading, 'after'>>;

/** Reads on from the number that each read gives until the writers have ended, and once more. */
export async function follow(filter: EventFilter, read: Read, work: Writers): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (let after = 0, isLast = false; !isLast; ) {
    isLast = !work.areWriting;
    const reading = await read(filter.reopenForSequenceFiltering().withSequenceNumberHigherThan(after));
    readings.push({ after, ...reading });
    after = reading.upTo;
  }
  return readings;
}

export function byQueries(store: EventStore, options: ReadOptions = {}): Read {
  return async (filter) => {
    const { events, maxSequenceNumber } = await store.query(filter, options);
    return { given: events, upTo: maxSequenceNumber };
  };
}

/** One reading per replay; `onBatch` hears what each of its batches made of it. */
export function byReplays(store: EventStore, onBatch: (reading: Reading) => void = () => undefined): Read {
  return async (filter) => {
    const given: StoredEvent[] = [];
    const replay = store.replay(filter, { batchSize: 7 });
    for await (const batch of replay) {
      given.push(...batch);
      onBatch({ after: filter.sequenceNumberHigherThan, given: [...given], upTo: replay.maxSequenceNumber });
    }
    return { given, upTo: replay.maxSequenceNumber };
  };
}

/** What a follower has that takes events only up to the safe number. */
export function taken(readings: readonly Reading[]): StoredEvent[] {
  return readings.flatMap(({ given, upTo }) => given.filter((found) => found.sequenceNumber <= upTo));
}

/** That no event has come to light between the numbers of a read after it had been made. */
export function assertComplete(readings: readonly Reading[], stored: readonly StoredEvent[]): void {
  for (const { after, upTo, given } of readings) {
    const within = (events: readonly StoredEvent[]) =>
      numbersOf(events.filter((found) => found.sequenceNumber > after && found.sequenceNumber <= upTo));
    assert.deepEqual(within(given), within(stored), `a read from ${after} that was complete up to ${upTo}`);
  }
}

export function numbersOf(events: readonly StoredEvent[]): number[] {
  return events.map(({ sequenceNumber }) => sequenceNumber);
}
