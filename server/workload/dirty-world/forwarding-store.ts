import type { EventStore } from '../../eventstore/event-store.ts';

/** The same store; what stands in its way replaces single operations. */
export function forwardingStore(store: EventStore): EventStore {
  return {
    query: (filter, options) => store.query(filter, options),
    replay: (filter, options) => store.replay(filter, options),
    append: (filter, position, events, options) => store.append(filter, position, events, options),
    saveSnapshot: (snapshot, options) => store.saveSnapshot(snapshot, options),
    loadSnapshot: (projectionType, filter, options) => store.loadSnapshot(projectionType, filter, options),
    deleteSnapshot: (projectionType, filter, options) =>
      store.deleteSnapshot(projectionType, filter, options),
    close: () => store.close(),
  };
}
