import type { EventFilter } from '../eventstore/event-filter.ts';
import { buildEventFilter } from '../eventstore/event-filter-builder.ts';
import type { CallOptions, ReadOnlyEventStore, ReplayOptions } from '../eventstore/event-store.ts';
import type { SafeSequenceNumber } from '../eventstore/storable-event.ts';
import { CIRCULATION, CONTRACTS, LENDINGS } from '../library/event-types.ts';
import { parseLibraryEvent } from '../library/parse-library-event.ts';
import { applyLibraryEvent } from './apply-library-event.ts';
import { IndexedLibraryWorld } from './indexed-library-world.ts';

export interface ReadLibraryWorldOptions extends CallOptions {
  /** Called after each batch with the number of events that were read so far. */
  readonly progress?: (eventsRead: number) => void;
  /** Events per batch; left out, the store chooses. */
  readonly batchSize?: number;
}

export interface LibraryWorldRead {
  readonly world: IndexedLibraryWorld;
  readonly eventsRead: number;
  /** The world holds all events up to this number. */
  readonly sequenceNumber: SafeSequenceNumber;
}

/**
 * How the library stands after all that happened in it, so that what happens next can be chosen lawfully. Memory depends
 * on the size of the library, not on the number of events.
 * @throws UnreadableEventError, OperationCanceledError and what else reading a store throws
 */
export async function readLibraryWorld(
  store: ReadOnlyEventStore,
  options: ReadLibraryWorldOptions = {},
): Promise<LibraryWorldRead> {
  const world = new IndexedLibraryWorld();
  const replay = store.replay(whatChangesTheWorld(), replayOptions(options));
  let eventsRead = 0;
  for await (const batch of replay) {
    for (const stored of batch) applyLibraryEvent(world, parseLibraryEvent(stored));
    eventsRead += batch.length;
    options.progress?.(eventsRead);
  }
  return { world, eventsRead, sequenceNumber: replay.maxSequenceNumber };
}

// Strong: a copy that lags behind would lend books that are gone.
function replayOptions({ signal, timeoutMs, batchSize }: ReadLibraryWorldOptions): ReplayOptions {
  return {
    consistency: 'strong',
    ...(signal && { signal }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(batchSize !== undefined && { batchSize }),
  };
}

function whatChangesTheWorld(): EventFilter {
  return buildEventFilter()
    .matching()
    .anyEventTypeOf(...CIRCULATION, ...LENDINGS, ...CONTRACTS)
    .finalize();
}
