import type { EventFilter } from '../eventstore/event-filter.ts';
import type { SequenceNumber } from '../eventstore/storable-event.ts';
import type { HandlerKind, Outcome } from './operation-record.ts';

/** A state and the last event that was folded into it. */
export interface Folded<State> {
  readonly state: State;
  readonly sequenceNumber: SequenceNumber;
}

export interface HandleOptions<State> {
  readonly signal?: AbortSignal;
  /** Which execution of a run this is, counted from 0. */
  readonly iteration?: number;
  /**
   * Gives the state to start from instead of none. Called once per attempt: the handler owns and may change what it
   * gets, so a second attempt must not get the same.
   */
  readonly resumeFrom?: () => Folded<State>;
}

/** What every handler's answer tells; decorators may add to it. */
export interface Handled<State> {
  readonly outcome: Outcome;
  /** The state that was answered or decided on. */
  readonly reached: Folded<State>;
}

/**
 * One command or query that can be executed. Cross-cutting work is a decorator that takes a handler and gives one,
 * so that each can be removed in one line: `observed(snapshotting(retrying(handler)), recorder)`.
 * Outcomes are values; an exception is a fault of the machinery.
 */
export interface Handler<Input, Answer extends Handled<State>, State> {
  readonly name: string;
  readonly kind: HandlerKind;
  /** The events that the input is about. */
  filter(input: Input): EventFilter;
  handle(input: Input, options?: HandleOptions<State>): Promise<Answer>;
}
