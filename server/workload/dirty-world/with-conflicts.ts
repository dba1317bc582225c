import { ConcurrencyConflictError } from '../../eventstore/errors.ts';
import { type EventStore, emptyPosition } from '../../eventstore/event-store.ts';
import { forwardingEventStore } from '../../eventstore/forwarding-event-store.ts';
import type { Attempt, Injection } from './injection.ts';

/**
 * Lets appends be refused by the database itself: they go there with the position of a reader that has seen nothing, as
 * if somebody else had stored all of the boundary's events since. That asks for no less than the real position, so what
 * is accepted all the same was right, and no foreign event is needed that could change what the library decides. A
 * boundary without events cannot conflict; its turn passes to the next append.
 */
export function withConflicts(store: EventStore, conflicts: Injection): EventStore {
  const beaten = async (
    attempt: Attempt,
    ...[filter, , events, options]: Parameters<EventStore['append']>
  ) => {
    try {
      const result = await store.append(filter, emptyPosition, events, options);
      attempt.cameToNothing();
      return result;
    } catch (fault) {
      if (fault instanceof ConcurrencyConflictError) attempt.happened(fault);
      else attempt.cameToNothing();
      throw fault;
    }
  };
  return {
    ...forwardingEventStore(store),
    append: (filter, position, events, options) => {
      const attempt = conflicts.next();
      if (attempt) return beaten(attempt, filter, position, events, options);
      return store.append(filter, position, events, options);
    },
  };
}
