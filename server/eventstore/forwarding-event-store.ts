import type { EventStore, ReadOnlyEventStore } from './event-store.ts';

/** The same store; what stands in its way replaces single operations: `{ ...forwardingEventStore(store), append }`. */
export function forwardingEventStore(store: EventStore): EventStore {
  return {
    ...forwardingReads(store),
    append: (filter, position, events, options) => store.append(filter, position, events, options),
    saveSnapshot: (snapshot, options) => store.saveSnapshot(snapshot, options),
    deleteSnapshot: (projectionType, filter, options) =>
      store.deleteSnapshot(projectionType, filter, options),
  };
}

/** The part of it that changes nothing. */
export function forwardingReads(store: ReadOnlyEventStore): ReadOnlyEventStore {
  return {
    query: (filter, options) => store.query(filter, options),
    replay: (filter, options) => store.replay(filter, options),
    loadSnapshot: (projectionType, filter, options) => store.loadSnapshot(projectionType, filter, options),
    close: () => store.close(),
  };
}
