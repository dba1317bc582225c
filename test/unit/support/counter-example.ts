import { buildEventFilter } from '../../../server/eventstore/event-filter-builder.ts';
import { p } from '../../../server/eventstore/predicate.ts';
import { buildStorableEvent, type StoredEvent } from '../../../server/eventstore/storable-event.ts';
import type { CommandDefinition } from '../../../server/handling/command-handler.ts';
import type { QueryDefinition } from '../../../server/handling/query-handler.ts';

/** The smallest domain: named counters that count to three. */
export interface Counting {
  readonly counter: string;
}

export interface CounterEvent {
  readonly type: 'Counted' | 'CountingFailed';
  readonly counter: string;
}

export type Full = 'counter is full';

const projection = {
  filter: ({ counter }: Counting) =>
    buildEventFilter()
      .matching()
      .anyEventTypeOf('Counted')
      .andAnyPredicateOf(p('Counter', counter))
      .finalize(),
  unmarshal: (stored: StoredEvent): CounterEvent => ({
    type: 'Counted',
    counter: JSON.parse(stored.payload).Counter,
  }),
  initialState: () => 0,
  project: (count: number, events: readonly CounterEvent[]) => count + events.length,
};

export const count: CommandDefinition<Counting & { readonly upTo?: number }, CounterEvent, number, Full> = {
  ...projection,
  name: 'Count',
  decide: (counted, { counter, upTo = 3 }) => {
    if (counted >= upTo) return { outcome: 'idempotent' };
    if (counted === 3) {
      return {
        outcome: 'rejected',
        reason: 'counter is full',
        events: [{ type: 'CountingFailed', counter }],
      };
    }
    return { outcome: 'accepted', events: [{ type: 'Counted', counter }] };
  },
  marshal: ({ type, counter }) =>
    buildStorableEvent({ eventType: type, payload: { Counter: counter }, occurredAt: new Date(0) }),
};

export const countOf: QueryDefinition<Counting, CounterEvent, number, string> = {
  ...projection,
  name: 'CountOf',
  reading: 'in-batches',
  answer: (counted, { counter }) => `${counter}: ${counted}`,
};
