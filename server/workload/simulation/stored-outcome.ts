import type { EventFilter } from '../../eventstore/event-filter.ts';
import { buildEventFilter } from '../../eventstore/event-filter-builder.ts';
import type { ReadOnlyEventStore } from '../../eventstore/event-store.ts';
import { p } from '../../eventstore/predicate.ts';
import type { StoredEvent } from '../../eventstore/storable-event.ts';
import type { LibraryAction } from './library-action.ts';
import type { Pace } from './pace.ts';

export interface LookupOptions {
  /** Of the event that was to be stored. */
  readonly messageID: string;
  readonly signal: AbortSignal;
  readonly pace: Pace;
  /** Resolves when the database is there; rejects when it will not come. */
  readonly untilOpen: () => Promise<void>;
}

// The server may still be executing what it was told before the connection broke; an append takes milliseconds.
const SETTLES_WITHIN_MICROS = 250_000;

/**
 * What became of an append whose outcome nobody knows: looks for its event, which has an id of its own. `failed`: it was
 * not stored. `unknown`: the database cannot be asked.
 */
export async function storedOutcome(
  store: ReadOnlyEventStore,
  action: LibraryAction,
  { messageID, signal, pace, untilOpen }: LookupOptions,
): Promise<'accepted' | 'rejected' | 'failed' | 'unknown'> {
  const filter = filterOf(action);
  if (filter === undefined) return 'failed';
  try {
    await untilOpen();
    await pace.sleepUntil(pace.clock.monotonicMicros() + SETTLES_WITHIN_MICROS, signal);
    signal.throwIfAborted();
    const { events } = await store.query(filter, { consistency: 'strong', signal });
    const event = events.find((stored) => hasId(stored, messageID));
    if (event === undefined) return 'failed';
    return event.eventType.endsWith('Failed') ? 'rejected' : 'accepted';
  } catch {
    // Whatever stood in the way, the database's end or the simulation's: nobody knows.
    return 'unknown';
  }
}

/** Everything about the same book, or the same reader: failure events are not in the boundary of their command. */
function filterOf(action: LibraryAction): EventFilter | undefined {
  const matching = buildEventFilter().matching();
  if ('bookID' in action) return matching.anyPredicateOf(p('BookID', action.bookID)).finalize();
  return 'readerID' in action
    ? matching.anyPredicateOf(p('ReaderID', action.readerID)).finalize()
    : undefined;
}

function hasId({ metadata }: StoredEvent, messageID: string): boolean {
  const parsed: unknown = JSON.parse(metadata);
  return (
    typeof parsed === 'object' && parsed !== null && 'MessageID' in parsed && parsed.MessageID === messageID
  );
}
