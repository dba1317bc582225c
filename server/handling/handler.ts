import type { EventFilter } from '../eventstore/event-filter.ts';
import type { SafeSequenceNumber } from '../eventstore/storable-event.ts';
import type { KeptState } from './folding/kept-state.ts';
import type { HandlerKind, Outcome } from './recording/operation-record.ts';

/** A state that is kept from operation to operation, and how to go on from it. */
export interface Resumption<State> {
  /** Brought up to date by the handler. Operations at the same time may share it. */
  readonly kept: KeptState<State>;
  /** More newer events than this are a SnapshotUnusableError. */
  readonly maxTail: number;
  /** Whether so much may have been stored since the state was last brought up to date that it is read in batches. */
  readonly isOld: boolean;
}

export interface HandleOptions<State> {
  readonly signal?: AbortSignal;
  /** Which execution of a run this is, counted from 0. */
  readonly iteration?: number;
  /** Left out, all events are read and nothing of the state stays. */
  readonly resumeFrom?: Resumption<State>;
}

/** What every handler's answer tells; decorators may add to it. */
export interface Handled {
  readonly outcome: Outcome;
  /** The answer is of all events up to this number, for good, and of those above that were visible. */
  readonly reached: SafeSequenceNumber;
  /** How many events were folded for it. */
  readonly eventsFolded: number;
}

/**
 * One command or query that can be executed. Cross-cutting work is a decorator that takes a handler and gives one,
 * so that each can be removed in one line: `observed(snapshotting(retrying(handler)), recorder)`.
 * Outcomes are values; an exception is a fault of the machinery.
 */
export interface Handler<Input, Answer extends Handled, State> {
  readonly name: string;
  readonly kind: HandlerKind;
  /** The events that the input is about. */
  filter(input: Input): EventFilter;
  /**
   * What else than the filter tells the states of two inputs apart: up to 64 letters and digits. Left out, inputs with
   * the same filter have the same state.
   */
  stateKey?(input: Input): string;
  handle(input: Input, options?: HandleOptions<State>): Promise<Answer>;
}
