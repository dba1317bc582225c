import { UnknownOutcomeError } from '../eventstore/errors.ts';
import type { AppendResult, EventStore } from '../eventstore/event-store.ts';
import { forwardingEventStore } from '../eventstore/forwarding-event-store.ts';
import type { StorableEvent } from '../eventstore/storable-event.ts';
import { ProfilerError } from '../lib/profiler-error.ts';

/** Events that this process has appended, or may have. */
export interface AppendNews {
  readonly events: readonly StorableEvent[];
  /** `unknown` when the connection was lost: the events may be stored, now or a moment later, or never. */
  readonly outcome: 'stored' | 'unknown';
}

export type AppendListener = (news: AppendNews) => void;

/** Who wants to hear of appends: caches that they outdate, snapshots that they warm. */
export class AppendListeners {
  readonly #listeners = new Set<AppendListener>();

  /** @returns ends the subscription */
  subscribe(listener: AppendListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A listener that throws cannot undo an append: it is warned of, and the others hear of it all the same. */
  tell(news: AppendNews): void {
    for (const listener of this.#listeners) {
      try {
        listener(news);
      } catch (fault) {
        const what = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
        process.emitWarning(`A listener for appends threw: ${what}`, { code: 'APPEND_LISTENER' });
      }
    }
  }
}

/**
 * The same store, telling the listeners what is appended through it: after the database has stored it and before the
 * append's promise resolves, so that whoever appended finds caches already outdated. Appends of other processes, or
 * through the bare store, are not told.
 */
export function tellingAppends(store: EventStore, listeners: AppendListeners): EventStore {
  const append: EventStore['append'] = async (filter, position, events, options) => {
    let result: AppendResult;
    try {
      result = await store.append(filter, position, events, options);
    } catch (fault) {
      if (mayHaveStored(fault)) listeners.tell({ events, outcome: 'unknown' });
      throw fault;
    }
    if (events.length > 0) listeners.tell({ events, outcome: 'stored' });
    return result;
  };
  return { ...forwardingEventStore(store), append };
}

// The event store's other errors say that nothing was stored; of a stranger's error nobody knows.
function mayHaveStored(fault: unknown): boolean {
  return fault instanceof UnknownOutcomeError || !(fault instanceof ProfilerError);
}
