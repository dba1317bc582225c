import type { EventStore, Replay } from '../eventstore/event-store.ts';

/**
 * An event store that is opened by its first operation. Closing it closes nothing: whoever opens it closes it.
 * @param open called once; a fault of it is that of the operation, and the next one tries again
 */
export function lazyEventStore(open: () => Promise<EventStore>): EventStore {
  let opening: Promise<EventStore> | undefined;
  const store = () => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  return {
    query: async (filter, options) => (await store()).query(filter, options),
    replay: (filter, options) => lazyReplay(async () => (await store()).replay(filter, options)),
    append: async (filter, position, events, options) =>
      (await store()).append(filter, position, events, options),
    loadSnapshot: async (projectionType, filter, options) =>
      (await store()).loadSnapshot(projectionType, filter, options),
    saveSnapshot: async (snapshot, options) => (await store()).saveSnapshot(snapshot, options),
    deleteSnapshot: async (projectionType, filter, options) =>
      (await store()).deleteSnapshot(projectionType, filter, options),
    close: async () => undefined,
  };
}

function lazyReplay(begin: () => Promise<Replay>): Replay {
  let replay: Replay | undefined;
  return {
    get maxSequenceNumber() {
      // Nothing was read yet.
      return replay?.maxSequenceNumber ?? (0 as Replay['maxSequenceNumber']);
    },
    async *[Symbol.asyncIterator]() {
      replay ??= await begin();
      yield* replay;
    },
  };
}
