import type { SafeSequenceNumber, StoredEvent } from '../eventstore/storable-event.ts';
import { markOf } from './event-mark.ts';
import type { Folded, KeptState } from './kept-state.ts';

interface Waiting<Event> {
  readonly stored: StoredEvent;
  readonly event: Event;
}

interface RebuildOptions<State, Event> {
  /** Gets the state of the settled events. */
  readonly kept: KeptState<State>;
  readonly initialState: State;
  readonly project: (state: State, events: readonly Event[]) => State;
  readonly maxWaiting?: number;
}

/**
 * Events that wait until it is known whether one can still appear below them. Beside other writers that is known at the
 * end only, in a process that has appended nothing itself; the last events are the only ones in doubt.
 */
const mostWaiting = 20_000;

/**
 * The whole history folded batch by batch, so that the state of the settled events can be kept and that of all can
 * be answered from. Memory holds one state and the last batches.
 */
export class Rebuild<State, Event> {
  readonly #kept: KeptState<State>;
  readonly #project: (state: State, events: readonly Event[]) => State;
  #state: State;
  #last: StoredEvent | undefined;
  #waiting: Waiting<Event>[] = [];
  /** Whether the state holds no event that is not settled. */
  #isExact = true;
  #reached: SafeSequenceNumber;
  #beforeDoubt: Folded<State> | undefined;
  readonly #maxWaiting: number;

  /** @param maxWaiting how many events may wait before the state is split from what is in doubt */
  constructor({ kept, initialState, project, maxWaiting = mostWaiting }: RebuildOptions<State, Event>) {
    this.#kept = kept;
    this.#project = project;
    this.#state = initialState;
    this.#maxWaiting = maxWaiting;
    this.#reached = kept.sequenceNumber;
  }

  /** @param reached how far the events so far are settled */
  add(stored: readonly StoredEvent[], events: readonly Event[], reached: SafeSequenceNumber): void {
    const last = stored.at(-1);
    if (last === undefined) return;
    if (!this.#isExact || (this.#waiting.length === 0 && last.sequenceNumber <= reached)) {
      this.#fold(events, last, reached);
      return;
    }
    for (const [at, event] of events.entries()) {
      const storedEvent = stored[at];
      if (storedEvent) this.#waiting.push({ stored: storedEvent, event });
    }
    this.#foldSettled(reached);
    if (this.#waiting.length > this.#maxWaiting) this.#foldInDoubt();
  }

  /** Puts what is settled into the kept state, and gives the state of all events. */
  finish(reached: SafeSequenceNumber): State {
    if (!this.#isExact) {
      if (this.#beforeDoubt) this.#kept.replace(this.#beforeDoubt);
      return this.#state;
    }
    this.#foldSettled(reached);
    this.#reached = reached > this.#reached ? reached : this.#reached;
    const rest = this.#waiting;
    if (rest.length === 0) {
      this.#kept.replace(this.#folded());
      return this.#state;
    }
    const all = this.#project(
      this.#kept.copyOf(this.#state),
      rest.map(({ event }) => event),
    );
    this.#kept.replace(this.#folded());
    return all;
  }

  #foldSettled(reached: SafeSequenceNumber): void {
    const count = this.#waiting.findIndex(({ stored }) => stored.sequenceNumber > reached);
    const settled = this.#waiting.splice(0, count === -1 ? this.#waiting.length : count);
    const last = settled.at(-1);
    if (last === undefined) return;
    this.#fold(
      settled.map(({ event }) => event),
      last.stored,
      reached,
    );
  }

  #fold(events: readonly Event[], last: StoredEvent, reached: SafeSequenceNumber): void {
    this.#state = this.#project(this.#state, events);
    this.#last = last;
    this.#reached = reached;
  }

  /** An append is under way since long: what was settled before it is worth keeping, the rest is for the answer only. */
  #foldInDoubt(): void {
    if (this.#last !== undefined) {
      this.#beforeDoubt = { ...this.#folded(), state: this.#kept.copyOf(this.#state) };
    }
    this.#isExact = false;
    const last = this.#waiting.at(-1);
    const events = this.#waiting.map(({ event }) => event);
    this.#waiting = [];
    if (last) this.#fold(events, last.stored, this.#reached);
  }

  #folded(): Folded<State> {
    const last = this.#last && markOf(this.#last);
    return { state: this.#state, sequenceNumber: this.#reached, last };
  }
}
