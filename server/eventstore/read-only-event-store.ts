import { ReadOnlyEventStoreError } from './errors.ts';
import type { EventStore, ReadOnlyEventStore } from './event-store.ts';

/**
 * The store for code that must not change it: its type has no append and no snapshot writes. Code that calls them all
 * the same, without types, gets a ReadOnlyEventStoreError. Closing it closes the store.
 */
export function asReadOnly(store: ReadOnlyEventStore): ReadOnlyEventStore {
  const readOnly: EventStore = {
    query: (filter, options) => store.query(filter, options),
    replay: (filter, options) => store.replay(filter, options),
    loadSnapshot: (projectionType, filter, options) => store.loadSnapshot(projectionType, filter, options),
    close: () => store.close(),
    append: () => refuse('append'),
    saveSnapshot: () => refuse('saveSnapshot'),
    deleteSnapshot: () => refuse('deleteSnapshot'),
  };
  return Object.freeze(readOnly);
}

async function refuse(operation: string): Promise<never> {
  throw new ReadOnlyEventStoreError(operation);
}
