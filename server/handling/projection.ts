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

/** What else a projection says so that its states can be kept. All functions are pure. */
export interface Snapshotable<State> {
  /** From 1 up, of several parts with dots between them. Raise it when the events mean something else to the state, or its form changes: saved states of other versions are not used. */
  readonly version: number | string;
  /**
   * JSON text of a state, in parts or whole. All that it needs of the state it takes before it gives the first part, because
   * the state may change between two of them; parts of a few milliseconds leave the process to others in between.
   */
  encode(state: State): string | Iterable<string>;
  /** The state again. @throws when the text is not what `encode` of this version gave */
  decode(json: string): State;
  /** A state that `project` can change without changing the given one. Left out, it is encoded and decoded. */
  copy?(state: State): State;
}

/** How a handler's states are made and written: its definition, if that says what a snapshot needs. */
export type SnapshotProjection<State> = Snapshotable<State> & { initialState(): State };
