import { ReadOnlyEventStoreError } from './errors.ts';
import type { EventStore, ReadOnlyEventStore } from './event-store.ts';
import { forwardingReads } from './forwarding-event-store.ts';

/**
 * The store for code that must not change it: its type has no append and no snapshot writes. Code that calls them all
 * the same, without types, gets a ReadOnlyEventStoreError. Closing it closes the store.
 */
export function asReadOnly(store: ReadOnlyEventStore): ReadOnlyEventStore {
  const readOnly: EventStore = {
    ...forwardingReads(store),
    append: () => refuse('append'),
    saveSnapshot: () => refuse('saveSnapshot'),
    deleteSnapshot: () => refuse('deleteSnapshot'),
  };
  return Object.freeze(readOnly);
}

async function refuse(operation: string): Promise<never> {
  throw new ReadOnlyEventStoreError(operation);
}
