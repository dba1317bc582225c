import type { EventFilter } from '../eventstore/event-filter.ts';
import type { StoredEvent } from '../eventstore/storable-event.ts';

/**
 * What a handler makes of events: which it needs, how it reads them, and how they fold into a state.
 * All functions but `unmarshal` are the domain's and pure.
 */
export interface Projection<Input, Event, State> {
  /** The events that the input is about; of a command, the boundary that guards its append. */
  filter(input: Input): EventFilter;
  /** Reads one stored event. @throws when it is not what the domain writes */
  unmarshal(stored: StoredEvent): Event;
  /** The state before the first event; never shared, `project` may change it. */
  initialState(): State;
  /** Folds events, in order, into the state and returns it. Owns the state that it is given and may change it. */
  project(state: State, events: readonly Event[]): State;
}
